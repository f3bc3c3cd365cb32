// `mylonite inspect manifest`: the manifest that CURRENT names, record by record, each with what it changes.
//
// Damage ends it: what stands before has been printed, the error says where. Writes nothing to the store.
#pragma once

#include "core/base/status.h"
#include "core/tool/output.h"
#include "core/tool/place.h"

namespace mylonite::tool {

Status inspect_manifest(const Place& place, const Form& form);

}  // namespace mylonite::tool
