// `mylonite inspect wal`: logs, record by record, each with its operations.
//
// Damage ends the log it is in: what stands before has been printed; the other logs are shown all the same, and the
// first error is returned. Writes nothing to the store.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/status.h"
#include "core/tool/output.h"
#include "core/tool/place.h"

namespace mylonite::tool {

// `number` empty: every log that is there. kInvalidArgument when there is none of that number.
Status inspect_wal(const Place& place, std::optional<std::uint64_t> number, const Form& form);

}  // namespace mylonite::tool
