// Where a simulation reaches into a SimFileSystem: before every call it may switch threads, crash the machine, or
// decide that the call fails or lies; after it, it sees the result, and may alter the bytes that a read returns (silent
// corruption: the disk itself stays pristine, so the fault heals when the interceptor stops).
//
// before and after come in pairs around every call that reaches the disk; calls refused earlier (bad path, closed or
// read-only handle) and handles that are destroyed unclosed are not seen. Views are borrowed for the call.
#pragma once

#include <cstdint>
#include <span>

#include <mylonite/faultfs/call.h>
#include <mylonite/faultfs/fault.h>
#include <mylonite/status.h>

namespace mylonite::faultfs {

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
