// The story of a run: the clients' operations on the left, the machine's file calls and events on the right. It is
// filled only on request: a failing run is repeated with a transcript, and is the same run.
//
// Calls of one fiber that follow one another share a line, and so do an operation and its answer. A story that is
// longer than asked for gets coarser: opens become one line each, then the calls of the store's threads. Then its
// beginning goes. Thread-safety: one run. Complexity: amortised constant an entry; lines() is linear.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace mylonite::sim {

class Transcript {
 public:
  explicit Transcript(std::size_t lines_most) : lines_most_(lines_most) {}

  void begins(int fiber, std::string who, std::string operation);
  void returned(int fiber, std::string who, std::string answer);  // "put: stamp 7"
  struct FileCall {
    int fiber;
    std::string who;
    std::string file;
    std::string what;    // "append 26 B"
    std::string remark;  // what was unusual; empty: nothing
  };
  void call(FileCall call);
  void machine(std::string line);
  void opened(std::string line);  // the end of an open
  void heading(std::string line);

  std::deque<std::string> lines() const;  // at most as many as were asked for

 private:
  enum class Kind : std::uint8_t { kBegin, kReturn, kCall, kMachine, kOpened, kHeading };
  struct Entry {
    Kind kind;
    int fiber = 0;
    std::string who{};
    std::string text{};
    std::string file{};
    std::string remark{};
  };
  enum class Detail : std::uint8_t { kAll, kOpensInShort, kThreadsInShort };
  class Rendering;

  void add(Entry entry);
  std::deque<std::string> render(Detail detail) const;

  static constexpr std::size_t kEntriesMost = 50'000;
  std::size_t lines_most_;
  std::size_t dropped_ = 0;
  std::deque<Entry> entries_{};
};

}  // namespace mylonite::sim
