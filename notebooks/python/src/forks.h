// What a forked child must not touch: the store's threads are not there, and its locks stand as they stood.
//
// Thread-safety: forks() from any thread.
#pragma once

namespace mylonite::python {

void count_forks();         // from now on
unsigned forks() noexcept;  // how many forks lie between the module's import and this process

// Raises ForkedError in a process that was forked since `born`.
void refuse_after_fork(unsigned born);

}  // namespace mylonite::python
