// SIGINT and SIGTERM as a question that long work asks between its steps. So it can keep what it has, and say so.
//
// A signal that the starter of the program ignores stays ignored, as of a shell's background job. `timeout` sends its
// signal twice, to the program and to its group. So only the third one ends the program at once.
// Thread-safety: any thread. Handlers are the process's.
#pragma once

#include <atomic>
#include <string_view>

#include "core/cli/exit.h"

namespace mylonite::cli {

// From now on. `said`: written to standard error at the first signal; it must outlive the program's work.
void take_interrupts(std::string_view said = {});
const std::atomic<bool>& interrupt_asked();

// Once it was asked:
std::string_view interrupt_name();  // "SIGINT"
Exit interrupt_exit();

}  // namespace mylonite::cli
