// The logs on the disk, oldest first; the last is being written. Thread-safety: the owner serializes.
#pragma once

#include <deque>
#include <optional>

#include <mylonite/timestamp.h>

namespace mylonite {

class LiveLogs {
 public:
  void add(FileNumber number) { numbers_.push_back(number); }
  // Takes the oldest off the list if it is before `first_needed`: its file may be removed.
  std::optional<FileNumber> take_obsolete(FileNumber first_needed) {
    if (numbers_.empty() || numbers_.front() >= first_needed) return std::nullopt;
    const FileNumber oldest = numbers_.front();
    numbers_.pop_front();
    return oldest;
  }

 private:
  std::deque<FileNumber> numbers_;
};

}  // namespace mylonite
