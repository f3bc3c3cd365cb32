// Reading a store's directory while another process may write it: what fails because files came and went is tried
// again.
//
// A writer removes a file only once its manifest no longer needs it. So a failure counts only if the directory and the
// manifest were the same before and after the try. Thread-safety: values; any thread.
#pragma once

#include <cstdint>
#include <string>

#include <mylonite/status.h>

namespace mylonite::tool {

// Names of the files, the text of CURRENT, the length of its manifest; "": no such directory.
std::string state_of(const std::string& directory);

// Whether a writer's normal work may look like this error to a reader.
bool may_be_a_writer(const Error& error);

// kLocked, with the last failure.
Error writer_too_fast(const Error& last);

// The first result that is no such failure, or that came while nothing changed.
template <class Try>
auto despite_a_writer(const std::string& directory, Try attempt) -> decltype(attempt()) {
  constexpr int kTries = 100;
  for (int tries = 1;; ++tries) {
    const std::string before = state_of(directory);
    auto result = attempt();
    if (result.ok() || !may_be_a_writer(result.error()) || state_of(directory) == before) return result;
    if (tries == kTries) return writer_too_fast(result.error());
  }
}

// The greatest number of tables that this process may hold open. It raises its own limit on open files for that.
std::uint64_t raise_open_files();

}  // namespace mylonite::tool
