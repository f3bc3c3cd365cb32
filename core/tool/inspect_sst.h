// `mylonite inspect sst`: one table: footer, properties, blocks, filter, range deletes, and its entries if asked for.
//
// Looks at the file by itself, then says whether the manifest lists it so. Damage ends it: what stands before has been
// printed, the error says where. Writes nothing to the store.
#pragma once

#include <cstdint>

#include "core/base/status.h"
#include "core/tool/output.h"
#include "core/tool/place.h"

namespace mylonite::tool {

struct TableQuestion {
  FileNumber number;
  bool entries = false;
};
// kInvalidArgument when there is none of that number.
Status inspect_sst(const Place& place, const TableQuestion& question, const Form& form);

}  // namespace mylonite::tool
