#include "faultfs/interceptor.h"

#include <array>

namespace mylonite::faultfs {

std::string_view call_kind_name(CallKind kind) {
  static constexpr std::array<std::string_view, kCallKinds> kNames = {
      "open",      "create",         "rename",   "link", "remove", "make_directory", "remove_directory",
      "list",      "sync_directory", "lock",     "stat", "space",  "append",         "read",
      "sync_data", "sync",           "truncate", "size", "close"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace mylonite::faultfs
