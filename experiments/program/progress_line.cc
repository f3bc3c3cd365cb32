#include "experiments/program/progress_line.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/cli/output.h"

namespace mylonite::experiments {

ProgressLine::~ProgressLine() {
  if (shown_) cli::print_error("\r\033[K");
}

void ProgressLine::show(std::uint64_t done, std::uint64_t all, std::string_view what) {
  if (!cli::errors_go_to_a_terminal()) return;
  const auto now = Clock::now();
  if (shown_ && now - last_ < std::chrono::milliseconds(100)) return;
  shown_ = true;
  last_ = now;
  const auto left = (now - began_) / std::max<std::uint64_t>(done, 1) * (all - done);
  cli::print_error(fmt::format("\r\033[K{} of {} {}, {} s left", done, all, what,
                               std::chrono::duration_cast<std::chrono::seconds>(left).count()));
}

}  // namespace mylonite::experiments
