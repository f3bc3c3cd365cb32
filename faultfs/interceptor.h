// Where a simulation reaches into a SimFileSystem: before every call it may switch threads, crash the machine, or
// decide that the call fails or lies; after it, it sees the result, and may alter the bytes that a read returns (silent
// corruption: the disk itself stays pristine, so the fault heals when the interceptor stops).
//
// before and after come in pairs around every call that reaches the disk; calls refused earlier (bad path, closed or
// read-only handle) and handles that are destroyed unclosed are not seen. Views are borrowed for the call.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/status.h"

namespace mylonite::faultfs {

enum class CallKind : std::uint8_t {
  kOpen,
  kCreate,
  kRename,
  kLink,
  kRemove,
  kMakeDirectory,
  kRemoveDirectory,
  kList,
  kSyncDirectory,
  kLock,
  kStat,
  kSpace,
  kAppend,
  kRead,
  kSyncData,
  kSync,
  kTruncate,
  kSize,
  kClose,
};
inline constexpr std::size_t kCallKinds = 19;
std::string_view call_kind_name(CallKind kind);  // "append", "sync_directory"

struct Call {
  CallKind kind;
  std::string_view path;        // of a handle: the path it was opened by
  std::string_view other_path;  // rename, link: the second path
  std::uint64_t offset = 0;     // read
  std::uint64_t size = 0;       // read: bytes asked for; append: bytes given; truncate: the new size
  std::string_view bytes;       // append
};

enum class Action : std::uint8_t {
  kProceed,
  kFail,            // answers the error; nothing happened (append: the first `bytes_done` bytes did get in)
  kFailAfter,       // answers the error although the call happened
  kFailForgetting,  // sync: answers the error and leaves the unsynced bytes clean, so that no later sync covers them
  kLie,             // sync, sync_directory: answers success; nothing was made durable
  kLieForgetting,   // sync: as kLie, and no later sync covers the bytes
};

struct Verdict {
  Action action = Action::kProceed;
  std::optional<Error> error = std::nullopt;  // present for the failing actions
  std::uint64_t bytes_done = 0;
};

struct CallResult {
  const Error* error = nullptr;  // null: success
  std::uint64_t size = 0;        // bytes read, a file's size, the number of names listed
  std::span<char> bytes;         // the bytes read
};

class Interceptor {
 public:
  virtual ~Interceptor() = default;
  virtual Verdict before(const Call& call) = 0;
  virtual void after(const Call& call, const CallResult& result) = 0;
};

}  // namespace mylonite::faultfs
