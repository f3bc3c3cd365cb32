// A version edit as one line of JSON, and back: the only place that knows the manifest's JSON.
//
// File sizes, numbers and stamps are decimal strings (they may pass 2^53), footer hashes and keys hex. Unknown members
// are ignored; a missing or malformed one is kCorruption naming it. Thread-safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include <mylonite/status.h>

#include "core/version/version.h"

namespace mylonite {

std::string encode_edit(const VersionEdit& edit);
Result<VersionEdit> decode_edit(std::string_view json);

}  // namespace mylonite
