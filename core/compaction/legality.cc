#include "core/compaction/legality.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <mylonite/compaction_shape.h>

namespace mylonite {
namespace {

Error illegal(const std::string& why) { return Error(Code::kInvalidArgument, "illegal compaction: " + why); }

const Run* find_run(Levels levels, const RunPosition& position) {
  if (position.level >= levels.size()) return nullptr;
  const std::vector<Run>& runs = levels[position.level].runs;
  const auto found = std::ranges::find(runs, position.run, &Run::id);
  return found == runs.end() ? nullptr : &*found;
}

// The places from `newest` to `oldest`, both included.
struct Interval {
  RunPosition newest;
  RunPosition oldest;
};

template <class Inputs>
Interval interval_of(const Inputs& inputs, const RunPosition& output) {
  Interval all{.newest = output, .oldest = output};
  for (const CompactionInput& input : inputs) {
    if (newer(input.position(), all.newest)) all.newest = input.position();
    if (newer(all.oldest, input.position())) all.oldest = input.position();
  }
  return all;
}

bool share_a_place(const Interval& a, const Interval& b) {
  return !newer(a.oldest, b.newest) && !newer(b.oldest, a.newest);
}

// The first of `others` that overlaps one of `tables`; null: none. Requires two lists of disjoint tables in key order.
const TableInfo* first_overlap(const std::vector<const TableInfo*>& tables,
                               const std::vector<const TableInfo*>& others) {
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < tables.size() && j < others.size()) {
    const KeyRange a = key_range(*tables[i]);
    const KeyRange b = key_range(*others[j]);
    if (overlap(a, b)) return others[j];
    if (ends_before(a, b)) {
      ++i;
    } else {
      ++j;
    }
  }
  return nullptr;
}

class Check {
 public:
  Check(Levels levels, const CompactionJob& job) : levels_(levels), job_(job) {}

  Status inputs() {
    if (job_.inputs.empty()) return illegal("no inputs");
    for (const CompactionInput& input : job_.inputs) {
      const Run* run = find_run(levels_, input.position());
      if (run == nullptr) return illegal(fmt::format("level {} has no run {}", input.level, input.run.value));
      if (input.tables.empty()) return illegal(fmt::format("no tables of run {}", input.run.value));
      const std::size_t named_before = named_.size();
      named_.insert(input.tables.begin(), input.tables.end());
      if (named_.size() != named_before + input.tables.size()) {
        return illegal(fmt::format("a table of run {} is named twice", input.run.value));
      }
      const std::set<FileNumber> wanted(input.tables.begin(), input.tables.end());
      std::vector<const TableInfo*>& chosen = chosen_[input.position()];
      std::size_t found = 0;
      for (const TableInfo& table : run->tables) {
        if (!wanted.contains(table.number)) continue;
        chosen.push_back(&table);
        ++found;
      }
      if (found != wanted.size()) {
        return illegal(fmt::format("run {} of level {} lacks a table", input.run.value, input.level));
      }
    }
    for (auto& [position, tables] : chosen_)
      std::ranges::sort(tables, {}, [](const TableInfo* t) { return key_range(*t).low; });
    hull_ = *hull_of(levels_, job_.inputs);
    return {};
  }

  Status output() const {
    if (job_.expire) return job_.move ? illegal("a move expires nothing") : Status();
    if (job_.to_level >= kLevelsMax) return illegal(fmt::format("there is no level {}", job_.to_level));
    if (!job_.into) {
      return job_.to_level == 0 ? Status(illegal("only a flush makes a new run of level 0")) : Status();
    }
    if (find_run(levels_, job_.output()) != nullptr) return {};
    return illegal(fmt::format("level {} has no run {} to go into", job_.to_level, job_.into->value));
  }

  Status order() const {
    if (job_.expire) return {};
    const RunPosition output = job_.output();
    for (std::uint32_t level = 0; level < levels_.size(); ++level) {
      for (const Run& run : levels_[level].runs) {
        const RunPosition position{.level = level, .run = run.id};
        std::vector<const TableInfo*> others;
        for (const TableInfo& table : run.tables) {
          if (!named_.contains(table.number)) others.push_back(&table);
        }
        if (others.empty()) continue;
        if (position == output) {
          const auto in_hull =
              std::ranges::find_if(others, [&](const TableInfo* each) { return overlap(key_range(*each), hull_); });
          if (in_hull != others.end()) {
            return illegal(fmt::format("table {} of the output's run lies among the inputs", (*in_hull)->number.value));
          }
          continue;
        }
        for (const auto& [from, tables] : chosen_) {
          const bool between =
              (newer(from, position) && newer(position, output)) || (newer(output, position) && newer(position, from));
          if (!between) continue;
          if (const TableInfo* passed = first_overlap(tables, others)) {
            return illegal(fmt::format("a table of level {} would pass table {} of level {}", from.level,
                                       passed->number.value, level));
          }
        }
      }
    }
    return {};
  }

  Status move() const {
    if (!job_.move) return {};
    std::vector<const TableInfo*> all;
    for (const auto& [position, tables] : chosen_) all.insert(all.end(), tables.begin(), tables.end());
    std::ranges::sort(all, {}, [](const TableInfo* table) { return key_range(*table).low; });
    for (std::size_t i = 1; i < all.size(); ++i) {
      if (!ends_before(key_range(*all[i - 1]), key_range(*all[i]))) {
        return illegal(fmt::format("tables {} and {} overlap and are to be moved", all[i - 1]->number.value,
                                   all[i]->number.value));
      }
    }
    return {};
  }

  Status running(std::span<const RunningJob> running) const {
    const Interval own = interval_of(job_.inputs, job_.output());
    for (const RunningJob& other : running) {
      for (const CompactionInput& input : other.inputs) {
        for (FileNumber number : input.tables) {
          if (named_.contains(number)) return illegal(fmt::format("table {} is in job {}", number.value, other.id));
        }
      }
      if (share_a_place(own, interval_of(other.inputs, other.output)) && overlap(hull_, other.hull())) {
        return illegal(fmt::format("job {} is at work there", other.id));
      }
    }
    return {};
  }

  const KeyRange& whole() const { return hull_; }

 private:
  const Levels levels_;
  const CompactionJob& job_;
  std::set<FileNumber> named_;
  std::map<RunPosition, std::vector<const TableInfo*>, NewerFirst> chosen_;  // in key order
  KeyRange hull_;
};

}  // namespace

Status check_legal(Levels levels, std::span<const RunningJob> running, const CompactionJob& job) {
  Check check(levels, job);
  if (Status fits = check.inputs(); !fits.ok()) return fits;
  if (Status fits = check.output(); !fits.ok()) return fits;
  if (Status fits = check.running(running); !fits.ok()) return fits;
  if (Status fits = check.order(); !fits.ok()) return fits;
  return check.move();
}

RunningJob start_job(Levels levels, const CompactionJob& job, std::uint64_t id) {
  Check check(levels, job);
  ignore(check.inputs(), "the caller knows that the job is legal");
  const KeyRange whole = check.whole();
  return {.id = id,
          .inputs = job.inputs,
          .output = job.expire ? job.output() : RunPosition{.level = job.to_level, .run = job.into.value_or(RunId{id})},
          .low = std::string(whole.low),
          .high = std::string(whole.high),
          .high_included = whole.high_included};
}

}  // namespace mylonite
