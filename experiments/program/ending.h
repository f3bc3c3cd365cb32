// How a command of mylonite-lab ends after an error or a signal. Thread-safety: main thread.
#pragma once

#include <string>

#include "core/cli/interrupt.h"
#include "core/cli/output.h"
#include "core/cli/program.h"

namespace mylonite::experiments {

// An error is the environment's, except a mistake of the user.
inline cli::Ending failed(const Error& error) {
  return {error, error.code() == Code::kInvalidArgument ? cli::Exit::kUsage : cli::Exit::kEnvironment};
}

// After a signal (core/cli/interrupt.h): one line on standard error, and the signal's exit code.
inline cli::Ending stopped(const std::string& program, const std::string& text) {
  cli::print_error(program + ": stopped by " + std::string(cli::interrupt_name()) + " " + text + "\n");
  return cli::interrupt_exit();
}

}  // namespace mylonite::experiments
