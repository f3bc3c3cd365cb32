// How a command of mylonite-lab ends after an error. Thread-safety: pure.
#pragma once

#include "core/cli/program.h"

namespace mylonite::experiments {

// An error is the environment's, except a mistake of the user.
inline cli::Ending failed(const Error& error) {
  return {error, error.code() == Code::kInvalidArgument ? cli::Exit::kUsage : cli::Exit::kEnvironment};
}

}  // namespace mylonite::experiments
