#include "sim/report/page_data.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/base/bytes.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "sim/report/moment_view.h"

namespace mylonite::sim {
namespace {

constexpr std::size_t kShownBytes = 40;  // of a key or value

using Pairs = std::vector<std::pair<std::string, std::string>>;

class Texts {
 public:
  std::uint64_t number(const std::string& text) {
    const auto [found, is_new] = numbers_.try_emplace(text, numbers_.size());
    if (is_new) array_.text(text);
    return found->second;
  }
  // Long ones are cut, with a hash, so that different ones look different.
  std::uint64_t bytes(const std::string& raw) {
    if (raw.size() <= kShownBytes) return number(printable(raw, kShownBytes));
    return number(fmt::format("{} #{:04x}", printable(raw, kShownBytes), hash64(raw) & 0xffff));
  }
  std::string array() const { return array_.array(); }

 private:
  std::map<std::string, std::uint64_t> numbers_;
  JsonArray array_;
};

// The changes from one list of pairs to the next, both in key order.
class PairChanges {
 public:
  std::string to(const Pairs& next, Texts& texts) {
    JsonArray changes;
    std::map<std::string, std::string> now(next.begin(), next.end());
    for (const auto& [key, value] : last_) {
      if (!now.contains(key)) changes.number(texts.bytes(key)).signed_number(-1);
    }
    for (const auto& [key, value] : now) {
      const auto before = last_.find(key);
      if (before != last_.end() && before->second == value) continue;
      changes.number(texts.bytes(key)).number(texts.bytes(value));
    }
    last_ = std::move(now);
    return changes.array();
  }

 private:
  std::map<std::string, std::string> last_;
};

// At most `most` of them: the last half as they are, the earlier ones evenly.
template <class T>
std::vector<const T*> thinned(std::vector<const T*> all, std::size_t most) {
  if (all.size() <= most) return all;
  const std::size_t end = most / 2;
  const std::size_t early = all.size() - end;
  std::vector<const T*> kept;
  for (std::size_t i = 0; i < most - end; ++i) kept.push_back(all[i * early / (most - end)]);
  kept.insert(kept.end(), all.end() - static_cast<std::ptrdiff_t>(end), all.end());
  return kept;
}

template <class T>
std::vector<const T*> pointers(const std::vector<T>& all) {
  std::vector<const T*> each;
  for (const T& one : all) each.push_back(&one);
  return each;
}

bool is_eventful(const Recording::FileCall& call) {
  return faultfs::kChangingCalls.contains(call.kind) || !call.fault.empty() || !call.answer.empty() || !call.end;
}

class PageData {
 public:
  PageData(const Recording& recording, const PageLimits& limits) : recording_(recording), limits_(limits) {}
  std::string object();

 private:
  std::string incarnations();
  std::string operations();
  std::string calls();
  std::string crashes();
  std::string failure() const;
  std::string moments();
  std::string moment(const Recording::Moment& moment, const MomentView& view);
  std::string files(const std::vector<FileView>& now);
  std::string levels(const std::vector<LevelView>& now);
  std::uint64_t table(const TableView& view);
  std::string tables();
  void left_out(std::size_t shown, std::size_t of, const char* what);

  const Recording& recording_;
  const PageLimits& limits_;
  Texts texts_;
  JsonArray notes_;
  PairChanges model_;
  PairChanges reopened_;
  PairChanges worst_;
  std::map<std::string, FileView> files_;
  std::vector<LevelView> levels_;
  std::map<TableView, std::uint64_t> tables_;
};

void PageData::left_out(std::size_t shown, std::size_t of, const char* what) {
  if (shown < of) notes_.text(fmt::format("{} of {} {} are shown: the run is long", shown, of, what));
}

std::string PageData::incarnations() {
  std::size_t all = 0;
  for (const Recording::Incarnation& each : recording_.incarnations) all += each.turns.size();
  std::size_t shown = 0;
  JsonArray array;
  for (const Recording::Incarnation& each : recording_.incarnations) {
    const std::size_t share = all <= limits_.turns ? each.turns.size() : each.turns.size() * limits_.turns / all;
    JsonArray turns;
    for (const Recording::Turn* turn : thinned(pointers(each.turns), share)) {
      turns.number(turn->step).number(static_cast<std::uint64_t>(turn->fiber));
      ++shown;
    }
    JsonArray fibers;
    for (const std::string& name : each.fibers) fibers.text(name);
    const Options& options = each.options;
    array.add(JsonObject()
                  .number("a", each.begin.step)
                  .number("b", each.end.step)
                  .text("words", fmt::format("writes {} synced, memtable {} B, policy {}",
                                             options.wal_flush_every_write ? "are" : "are not",
                                             options.memtable_max_bytes, options.compaction_policy))
                  .raw("fibers", fibers.array())
                  .raw("turns", turns.array())
                  .object());
  }
  left_out(shown, all, "turns of threads");
  return array.array();
}

std::string PageData::operations() {
  const auto kept = thinned(pointers(recording_.operations), limits_.operations);
  left_out(kept.size(), recording_.operations.size(), "operations");
  JsonArray array;
  for (const Recording::Operation* each : kept) {
    array.add(JsonArray()
                  .number(each->incarnation)
                  .number(each->client)
                  .signed_number(each->fiber)
                  .number(each->begin.step)
                  .signed_number(each->end ? static_cast<std::int64_t>(each->end->step) : -1)
                  .number(texts_.number(each->text))
                  .number(texts_.number(each->answer))
                  .array());
  }
  return array.array();
}

// Of many calls those that change nothing and went well are left out first.
std::string PageData::calls() {
  auto kept = pointers(recording_.calls);
  if (kept.size() > limits_.calls) std::erase_if(kept, [](const auto* each) { return !is_eventful(*each); });
  kept = thinned(std::move(kept), limits_.calls);
  left_out(kept.size(), recording_.calls.size(), "file calls");
  JsonArray array;
  for (const Recording::FileCall* each : kept) {
    array.add(JsonArray()
                  .number(each->incarnation)
                  .signed_number(each->fiber)
                  .number(static_cast<std::uint64_t>(faultfs::class_of(each->kind)))
                  .number(each->begin.step)
                  .signed_number(each->end ? static_cast<std::int64_t>(each->end->step) : -1)
                  .number(texts_.number(each->text))
                  .number(texts_.number(each->answer))
                  .number(texts_.number(each->fault))
                  .array());
  }
  return array.array();
}

std::string PageData::crashes() {
  constexpr std::size_t kLost = 200;  // of one crash
  constexpr std::size_t kCrashes = 300;
  const auto kept = thinned(pointers(recording_.crashes), kCrashes);
  left_out(kept.size(), recording_.crashes.size(), "crashes");
  JsonArray array;
  for (const Recording::Crash* each : kept) {
    JsonArray lost;
    for (std::size_t i = 0; i < std::min(kLost, each->lost.size()); ++i) lost.number(texts_.number(each->lost[i]));
    left_out(std::min(kLost, each->lost.size()), each->lost.size(), "lost units of a crash");
    array.add(JsonArray()
                  .number(each->incarnation)
                  .number(each->at.step)
                  .number(texts_.number(each->why))
                  .number(each->power_loss ? 1 : 0)
                  .add(lost.array())
                  .array());
  }
  return array.array();
}

std::string PageData::failure() const {
  if (recording_.violations.empty()) return "null";
  const Recording::Violation& violation = recording_.violations.front();
  return JsonArray().number(violation.incarnation).number(violation.at.step).array();
}

std::string PageData::files(const std::vector<FileView>& now) {
  JsonArray changes;
  std::map<std::string, FileView> next;
  for (const FileView& each : now) next.emplace(each.path, each);
  for (const auto& [path, view] : files_) {
    if (!next.contains(path)) changes.number(texts_.number(path)).signed_number(-2).number(0);
  }
  for (const auto& [path, view] : next) {
    const auto before = files_.find(path);
    if (before != files_.end() && before->second == view) continue;
    changes.number(texts_.number(path))
        .signed_number(view.is_named ? static_cast<std::int64_t>(view.visible) : -1)
        .number(view.durable);
  }
  files_ = std::move(next);
  return changes.array();
}

std::uint64_t PageData::table(const TableView& view) { return tables_.try_emplace(view, tables_.size()).first->second; }

std::string PageData::levels(const std::vector<LevelView>& now) {
  JsonArray array;
  for (const LevelView& level : now) {
    JsonArray runs;
    for (const RunView& run : level) {
      JsonArray numbers;
      for (const TableView& each : run) numbers.number(table(each));
      runs.add(numbers.array());
    }
    array.add(runs.array());
  }
  return array.array();
}

// In the order of their numbers on the page. Ranks are places among all borders.
std::string PageData::tables() {
  std::set<std::string> borders;
  std::vector<const TableView*> by_number(tables_.size());
  for (const auto& [view, number] : tables_) {
    borders.insert(view.low);
    borders.insert(view.high);
    by_number[number] = &view;
  }
  const auto rank = [&](const std::string& key) {
    return static_cast<std::uint64_t>(std::distance(borders.begin(), borders.find(key)));
  };
  JsonArray array;
  for (const TableView* each : by_number) {
    array.add(JsonArray()
                  .number(each->number)
                  .number(texts_.bytes(each->low))
                  .number(texts_.bytes(each->high))
                  .number(each->bytes)
                  .number(each->entries)
                  .number(rank(each->low))
                  .number(rank(each->high))
                  .array());
  }
  return array.array();
}

std::string PageData::moment(const Recording::Moment& moment, const MomentView& view) {
  JsonObject object;
  object.number("i", moment.incarnation).number("s", moment.at.step).number("n", moment.at.ns);
  object.number("t", texts_.number(moment.after));
  const auto add = [&](const char* name, const std::string& changes) {
    if (changes != "[]") object.raw(name, changes);
  };
  add("m", model_.to(moment.pairs, texts_));
  add("r", reopened_.to(view.reopened.pairs, texts_));
  add("w", worst_.to(view.worst.pairs, texts_));
  if (!view.reopened.error.empty()) object.number("re", texts_.number(view.reopened.error));
  if (!view.worst.error.empty()) object.number("we", texts_.number(view.worst.error));
  add("f", files(view.files));
  if (view.reopened.error.empty() && view.levels != levels_) {
    levels_ = view.levels;
    object.raw("l", levels(levels_));
  }
  return object.object();
}

// Those that are marked stay as long as there is room for as many others.
std::string PageData::moments() {
  auto kept = pointers(recording_.moments);
  if (kept.size() > limits_.moments) {
    std::vector<const Recording::Moment*> marked = kept;
    std::erase_if(marked, [](const auto* each) { return !each->marked; });
    std::erase_if(kept, [](const auto* each) { return each->marked; });
    marked = thinned(std::move(marked), limits_.moments / 2);
    kept = thinned(std::move(kept), limits_.moments - marked.size());
    kept.insert(kept.end(), marked.begin(), marked.end());
    std::ranges::sort(kept);  // by their places in the recording
  }
  left_out(kept.size(), std::max(recording_.moments_seen, std::uint64_t{recording_.moments.size()}), "moments");
  JsonArray array;
  for (const Recording::Moment* each : kept) array.add(moment(*each, view_of(recording_, *each)));
  return array.array();
}

std::string PageData::object() {
  JsonObject object;
  object.number("steps", recording_.incarnations.empty() ? 0 : recording_.incarnations.back().end.step);
  object.flag("own", recording_.of_mylonite);
  object.raw("inc", incarnations()).raw("ops", operations()).raw("calls", calls()).raw("crashes", crashes());
  object.raw("fail", failure());
  const std::string all_moments = moments();
  object.raw("tables", tables()).raw("moments", all_moments).raw("notes", notes_.array());
  return object.raw("text", texts_.array()).object();
}

}  // namespace

std::string page_data(const Recording& recording, const PageLimits& limits) {
  return PageData(recording, limits).object();
}

}  // namespace mylonite::sim
