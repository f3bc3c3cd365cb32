// The seam between a simulation and a SimFileSystem. Before every call an interceptor may switch threads, crash the
// machine, or decide that the call fails or lies. After the call it sees the result, and may alter the bytes of a read.
// That is silent corruption: the disk itself does not change, so the fault ends with the interceptor.
//
// before and after come in pairs around every call that reaches the disk. Calls refused earlier (bad path, closed or
// read-only handle) and handles destroyed unclosed do not reach it. Views are borrowed for the call.
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
