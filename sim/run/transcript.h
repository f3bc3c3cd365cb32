// The story of a run, line by line: the clients' operations on the left, the machine's events on the right. It is
// filled only on request: a failing run is repeated with a transcript, and is the same run.
#pragma once

#include <cstddef>
#include <deque>
#include <string>

namespace mylonite::sim {

class Transcript {
 public:
  explicit Transcript(std::size_t lines_kept) : lines_kept_(lines_kept) {}

  void client(std::string line) { add("  " + std::move(line)); }
  void machine(std::string line) { add(std::string(kRightColumn, ' ') + std::move(line)); }
  void heading(std::string line) { add("== " + std::move(line)); }

  const std::deque<std::string>& lines() const { return lines_; }
  std::size_t dropped() const { return dropped_; }

 private:
  static constexpr std::size_t kRightColumn = 56;
  void add(std::string line) {
    lines_.push_back(std::move(line));
    if (lines_.size() <= lines_kept_) return;
    lines_.pop_front();
    ++dropped_;
  }
  std::size_t lines_kept_;
  std::size_t dropped_ = 0;
  std::deque<std::string> lines_;
};

}  // namespace mylonite::sim
