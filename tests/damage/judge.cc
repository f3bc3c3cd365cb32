#include "tests/damage/judge.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <mylonite/faultfs/sim_file_system.h>
#include <mylonite/store.h>

#include "core/format/file_names.h"
#include "core/tool/verify.h"
#include "core/version/manifest.h"

namespace mylonite::damage {
namespace {

using Answer = std::optional<std::string>;

// What a store answers; a key without an answer was refused, and the refusal named damage.
struct Answers {
  bool opened = false;
  std::map<std::string, Answer> by_key;
  std::string fault;  // something that no damage excuses
};

bool names_damage(const Error& error) { return error.code() == Code::kCorruption && !error.file().empty(); }

Answers read_all(faultfs::Disk& disk, const Image& image) {
  faultfs::SimFileSystem fs(disk);
  Answers answers;
  const auto store = Store::open_read_only(fs, image.options);
  if (!store.ok()) {
    if (!names_damage(store.error())) answers.fault = "open: " + store.error().to_string();
    return answers;
  }
  answers.opened = true;
  Session session = (*store)->session();
  for (const auto& [key, versions] : image.model) {
    auto value = session.get(key);
    if (value.ok()) {
      answers.by_key.emplace(key, std::move(*value));
    } else if (!names_damage(value.error())) {
      answers.fault = "get: " + value.error().to_string();
    }
  }
  const auto pairs = session.range({});
  if (!pairs.ok()) {
    if (!names_damage(pairs.error())) answers.fault = "range: " + pairs.error().to_string();
    return answers;
  }
  Session::Pairs expected;
  for (const auto& [key, answer] : answers.by_key) {
    if (answer) expected.emplace_back(key, *answer);
  }
  // A scan reads all that gets read, and more: it cannot succeed where one of them fails, but by a filter.
  if (answers.by_key.size() == image.model.size() && *pairs != expected) answers.fault = "a scan differs from gets";
  return answers;
}

Answer value_at(const std::vector<Version>& versions, Timestamp at) {
  Answer value;
  for (const Version& version : versions) {
    if (version.at <= at) value = version.value;
  }
  return value;
}

bool ever(const std::vector<Version>& versions, const std::string& value) {
  return std::ranges::any_of(versions, [&](const Version& version) { return version.value == value; });
}

// The stamps that the last log may end at: those before and in the damage. The newest first.
std::vector<Timestamp> possible_ends(const Image& image, const Harm& harm) {
  std::vector<Timestamp> ends = {image.stamps.back()};
  const auto log = image.records.find(harm.file);
  if (harm.file != image.last_log || log == image.records.end()) return ends;
  Timestamp bound;  // the newest batch that the damage does not touch
  for (const Timestamp at : image.stamps) {
    if (log->second.empty() || at < log->second.front().at) bound = at;
  }
  for (const Record& record : log->second) {
    if (record.end <= harm.from) bound = record.at;
  }
  for (auto at = image.stamps.rbegin() + 1; at != image.stamps.rend() && *at >= bound; ++at) ends.push_back(*at);
  if (bound == Timestamp()) ends.push_back(bound);
  return ends;
}

// Everything that was answered is as of `end`.
bool right_at(const Image& image, const Answers& answers, Timestamp end) {
  return std::ranges::all_of(
      answers.by_key, [&](const auto& answer) { return answer.second == value_at(image.model.at(answer.first), end); });
}

bool in(const RepairReport::LostKeys& lost, const std::string& key) {
  return (!lost.low || *lost.low <= key) && (!lost.high || key <= *lost.high);
}

bool lost_batch(const RepairReport& report, Timestamp at) {
  return std::ranges::any_of(report.lost_logs,
                             [&](const RepairReport::LostLog& lost) { return lost.after < at && at < lost.before; });
}

bool in_lost_keys(const RepairReport& report, const std::string& key) {
  return std::ranges::any_of(report.lost_keys, [&](const auto& lost) { return in(lost, key); });
}

// Whether the report excuses this answer, with a log that ends at `end`.
bool excused(const RepairReport& report, const std::string& key, const std::vector<Version>& versions, Timestamp end,
             const Answer& answer) {
  const Answer expected = value_at(versions, end);
  if (answer == expected) return true;
  if (in_lost_keys(report, key)) return !answer || ever(versions, *answer);
  // The newest version that was not lost with its batch, and those behind it.
  std::size_t kept = versions.size();
  bool some_lost = false;
  while (kept > 0 && (versions[kept - 1].at > end || lost_batch(report, versions[kept - 1].at))) {
    some_lost = some_lost || versions[kept - 1].at <= end;
    --kept;
  }
  const Answer oldest = kept == 0 ? Answer() : versions[kept - 1].value;
  if (some_lost) {
    if (answer == oldest) return true;
    for (std::size_t i = kept; i < versions.size(); ++i) {
      if (versions[i].at <= end && versions[i].value == answer) return true;
    }
  }
  return report.deletes_may_return && answer && (!expected || (some_lost && !oldest)) && ever(versions, *answer);
}

// Empty: every answer is right or excused.
std::string first_wrong(const Image& image, const Answers& answers, const RepairReport& report, Timestamp end) {
  for (const auto& [key, versions] : image.model) {
    const auto answer = answers.by_key.find(key);
    if (answer == answers.by_key.end()) return key + " cannot be read after the repair";
    if (excused(report, key, versions, end, answer->second)) continue;
    return fmt::format("{}: expected {}, found {}", key, value_at(versions, end).value_or("nothing"),
                       answer->second.value_or("nothing"));
  }
  return {};
}

Result<std::uint64_t> damages_by_verify(faultfs::Disk& disk, const Image& image) {
  tool::StoreDirectory store{.fs = std::make_unique<faultfs::SimFileSystem>(disk),
                             .directory = "store",
                             .ours = {},
                             .foreign = {},
                             .whole = ""};
  const auto names = store.ours_now();
  if (!names.ok()) return names.error();
  store.ours = *names;
  const auto verified = tool::verify_in_short(store, image.options);
  if (!verified.ok()) return verified.error();
  return verified->damages;
}

// Whether stamps and numbers go on above everything that was ever used.
bool goes_on(vfs::FileSystem& fs, const Image& image) {
  const auto loaded = load_manifest(fs, "store");
  if (!loaded.ok() || loaded->version.ceiling <= image.stamps.back()) return false;
  return std::ranges::all_of(image.files, [&](const auto& file) {
    const auto name = parse_file_name(file.first);
    return !name || name->number < loaded->version.next_file;
  });
}

class Judge {
 public:
  Judge(const Image& image, const Harm& harm)
      : image_(image), harm_(harm), disk_(harm.damaged ? harm.damaged->disk : image.disk) {}

  Judged run() {
    const Answers before = read_all(disk_, image_);
    out_.opened = before.opened;
    if (!before.fault.empty()) return wrong(before.fault);
    const auto damages = damages_by_verify(disk_, image_);
    if (!damages.ok()) return wrong("verify: " + damages.error().to_string());
    if (!look_before(before, *damages)) return out_;
    look_after(before);
    return out_;
  }

 private:
  Judged wrong(std::string why) {
    out_.outcome = Class::kWrong;
    out_.why = std::move(why);
    return out_;
  }
  bool look_before(const Answers& before, std::uint64_t damages);
  void look_after(const Answers& before);
  void count(const Answers& before, const Answers& after, const RepairReport& report);

  const Image& image_;
  const Harm& harm_;
  faultfs::Disk disk_;
  Timestamp end_;  // of the logs, as the damaged store showed it
  Judged out_;
};

bool Judge::look_before(const Answers& before, std::uint64_t damages) {
  const bool reported = !before.opened || before.by_key.size() < image_.model.size();
  if (reported && damages == 0) {
    wrong("verify finds nothing, but a reader was refused");
    return false;
  }
  const std::vector<Timestamp> ends = possible_ends(image_, harm_);
  const auto end = std::ranges::find_if(ends, [&](Timestamp at) { return right_at(image_, before, at); });
  if (end == ends.end()) {
    wrong("a wrong answer before the repair");
    return false;
  }
  end_ = *end;
  const bool cut = end_ != ends.front();
  if (cut && image_.closed) {
    wrong("a store that was closed lost batches unseen");
    return false;
  }
  out_.outcome = damages > 0 ? Class::kDetected : cut ? Class::kUndetectable : Class::kHarmless;
  return true;
}

void Judge::look_after(const Answers& before) {
  faultfs::SimFileSystem fs(disk_);
  const auto report = Store::repair(fs, image_.options);
  if (!report.ok()) {
    wrong("repair: " + report.error().to_string());
    return;
  }
  if (report->sound && out_.outcome == Class::kDetected) {
    wrong("a repair finds nothing, but verify does");
    return;
  }
  const Answers after = read_all(disk_, image_);
  if (!after.opened || !after.fault.empty()) {
    wrong("after the repair: " + (after.opened ? after.fault : "an open refuses"));
    return;
  }
  std::string fault;
  bool fits = false;
  for (const Timestamp end : out_.outcome == Class::kUndetectable ? std::vector{end_} : possible_ends(image_, harm_)) {
    const std::string found = first_wrong(image_, after, *report, end);
    fits = fits || found.empty();
    if (fault.empty()) fault = found;
  }
  if (!fits) {
    wrong("after the repair: " + fault);
    return;
  }
  if (!report->sound && !goes_on(fs, image_)) {
    wrong("stamps or numbers may be used again after the repair");
    return;
  }
  const auto damages = damages_by_verify(disk_, image_);
  const auto again = Store::repair(fs, image_.options);
  if (!damages.ok() || *damages > 0) {
    wrong("verify finds damage after the repair");
  } else if (!again.ok() || !again->sound) {
    wrong("a second repair finds damage");
  } else {
    count(before, after, *report);
  }
}

void Judge::count(const Answers& before, const Answers& after, const RepairReport& report) {
  for (const auto& [key, versions] : image_.model) {
    const Answer expected = value_at(versions, image_.stamps.back());
    ++out_.all;
    if (after.by_key.at(key) == expected) ++out_.right;
    if (!expected && after.by_key.at(key) && report.deletes_may_return) out_.deletes_returned = true;
    if (in_lost_keys(report, key)) continue;
    ++out_.keys;
    if (before.by_key.contains(key)) ++out_.served;
  }
}

}  // namespace

const char* class_name(Class outcome) {
  constexpr const char* kNames[kClasses] = {"detected", "harmless", "undetectable", "WRONG"};
  return kNames[static_cast<std::size_t>(outcome)];
}

Judged judge(const Image& image, const Harm& harm) { return Judge(image, harm).run(); }

}  // namespace mylonite::damage
