#include "sim/run/transcript.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace mylonite::sim {
namespace {

constexpr std::size_t kRightColumn = 40;
constexpr std::size_t kWidth = 116;

}  // namespace

// Turns entries into lines.
class Transcript::Rendering {
 public:
  Rendering(const std::deque<Entry>& entries, Detail detail) : entries_(entries), detail_(detail) {}

  std::deque<std::string> lines() {
    for (std::size_t i = 0; i < entries_.size();) i = add(i);
    return std::move(lines_);
  }

 private:
  // Adds the entry, and those that share its line. Returns the next one.
  std::size_t add(std::size_t i) {
    const Entry& entry = entries_[i];
    switch (entry.kind) {
      case Kind::kHeading:
        opening_ = entry.text.starts_with("incarnation");
        lines_.push_back("== " + entry.text);
        return i + 1;
      case Kind::kMachine: right(entry.text); return i + 1;
      case Kind::kOpened:
        opening_ = false;
        right(entry.text);
        return i + 1;
      case Kind::kReturn: left(entry.who, entry.text); return i + 1;
      case Kind::kBegin:
        opening_ = false;  // of a store that tells nothing of its open
        return add_operation(i);
      case Kind::kCall: return add_calls(i);
    }
    return i + 1;
  }

  std::size_t add_operation(std::size_t i) {
    const Entry& entry = entries_[i];
    const bool alone = i + 1 < entries_.size() && entries_[i + 1].kind == Kind::kReturn &&
                       entries_[i + 1].fiber == entry.fiber && entries_[i + 1].who == entry.who;
    if (!alone) {
      left(entry.who, entry.text + " …");
      return i + 1;
    }
    const std::string& answer = entries_[i + 1].text;
    left(entry.who, entry.text + " → " + answer.substr(std::min(answer.size(), answer.find(": ") + 2)));
    return i + 2;
  }

  // All calls of one fiber that follow one another, up to one with a remark.
  std::size_t add_calls(std::size_t first) {
    std::size_t last = first;
    while (last < entries_.size() && entries_[last].kind == Kind::kCall &&
           entries_[last].fiber == entries_[first].fiber && (last == first || entries_[last - 1].remark.empty())) {
      ++last;
    }
    const std::string& who = entries_[first].who;
    const bool remarked = !entries_[last - 1].remark.empty();
    const bool of_store = !who.starts_with("client");
    const bool short_form =
        (opening_ && detail_ >= Detail::kOpensInShort) || (of_store && !opening_ && detail_ >= Detail::kThreadsInShort);
    const std::size_t told_in_short = short_form ? last - first - (remarked ? 1 : 0) : 0;
    if (told_in_short > 1) {
      right(fmt::format("{}: {} file calls{}", who, told_in_short, opening_ ? " of the open" : ""));
    }
    if (const std::size_t from = told_in_short > 1 ? first + told_in_short : first; from < last) {
      add_call_lines(who, from, last);
    }
    return last;
  }

  void add_call_lines(const std::string& who, std::size_t first, std::size_t last) {
    std::string line = who + ":";
    for (std::size_t i = first; i < last; ++i) {
      const Entry& entry = entries_[i];
      const bool same_file = i > first && entries_[i - 1].file == entry.file;
      const std::string text = (same_file ? ", " : (i > first ? "; " : " ") + entry.file + " ") + entry.text;
      if (line.size() + text.size() > kWidth - kRightColumn && i > first) {
        right(std::exchange(line, fmt::format("{}: {}", who, entry.file)));
        line += " " + entry.text;
      } else {
        line += text;
      }
      if (!entry.remark.empty()) line += "  -> " + entry.remark;
    }
    right(line);
  }

  void left(const std::string& who, const std::string& text) { lines_.push_back("  " + who + "  " + text); }
  void right(const std::string& text) { lines_.push_back(std::string(kRightColumn, ' ') + text); }

  const std::deque<Entry>& entries_;
  const Detail detail_;
  std::deque<std::string> lines_{};
  bool opening_ = false;
};

void Transcript::add(Entry entry) {
  entries_.push_back(std::move(entry));
  if (entries_.size() <= kEntriesMost) return;
  entries_.pop_front();
  ++dropped_;
}

void Transcript::begins(int fiber, std::string who, std::string operation) {
  add({.kind = Kind::kBegin, .fiber = fiber, .who = std::move(who), .text = std::move(operation)});
}

void Transcript::returned(int fiber, std::string who, std::string answer) {
  add({.kind = Kind::kReturn, .fiber = fiber, .who = std::move(who), .text = std::move(answer)});
}

void Transcript::call(FileCall call) {
  add({.kind = Kind::kCall,
       .fiber = call.fiber,
       .who = std::move(call.who),
       .text = std::move(call.what),
       .file = std::move(call.file),
       .remark = std::move(call.remark)});
}

void Transcript::machine(std::string line) { add({.kind = Kind::kMachine, .text = std::move(line)}); }
void Transcript::opened(std::string line) { add({.kind = Kind::kOpened, .text = std::move(line)}); }
void Transcript::heading(std::string line) { add({.kind = Kind::kHeading, .text = std::move(line)}); }

std::deque<std::string> Transcript::render(Detail detail) const { return Rendering(entries_, detail).lines(); }

std::deque<std::string> Transcript::lines() const {
  std::deque<std::string> lines = render(Detail::kAll);
  for (const Detail coarser : {Detail::kOpensInShort, Detail::kThreadsInShort}) {
    if (lines.size() > lines_most_) lines = render(coarser);
  }
  if (lines.size() <= lines_most_) return lines;
  const std::size_t gone = lines.size() - lines_most_ + 1;
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(gone));
  lines.push_front(fmt::format("… {} lines before", gone + dropped_));
  return lines;
}

}  // namespace mylonite::sim
