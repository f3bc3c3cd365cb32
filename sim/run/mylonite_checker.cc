#include "sim/run/mylonite_checker.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/compaction/policies.h"
#include "core/format/file_names.h"
#include "core/version/manifest.h"
#include "sim/machine/sanitizer.h"
#include "sim/run/mylonite_client.h"
#include "sim/run/mylonite_store.h"

namespace mylonite::sim {
namespace {

// Runs that were written in the same time; what expires is a time, so they go together.
struct Generation {
  Timestamp newest;
  std::uint64_t bytes = 0;
};

std::vector<Generation> generations_of(const Version& version) {
  std::map<Timestamp, Generation> runs;  // by their oldest stamp
  for (const Level& level : version.levels) {
    for (const Run& run : level.runs) {
      Timestamp oldest = kTimestampMax;
      Generation one;
      for (const TableInfo& table : run.tables) {
        oldest = std::min(oldest, table.oldest);
        one.newest = std::max(one.newest, table.newest);
        one.bytes += table.file_bytes;
      }
      Generation& at = runs[oldest];
      at = {.newest = std::max(at.newest, one.newest), .bytes = at.bytes + one.bytes};
    }
  }
  std::vector<Generation> generations;
  for (const auto& [oldest, run] : runs) {
    if (generations.empty() || oldest > generations.back().newest) generations.emplace_back();
    Generation& last = generations.back();
    last = {.newest = std::max(last.newest, run.newest), .bytes = last.bytes + run.bytes};
  }
  return generations;
}

// Whether generations expire whole, the tables are too many with the youngest of these, and some stay.
bool too_many(const Version& version, Timestamp through, std::uint64_t bytes_max) {
  std::uint64_t bytes = 0;
  std::size_t stay = 0;
  bool whole = false;
  for (const Generation& each : generations_of(version)) {
    if (each.newest >= through) bytes += each.bytes;
    stay += each.newest > through ? 1 : 0;
    whole = whole || each.newest == through;
  }
  return bytes > bytes_max && stay > 0 && whole;
}

struct Limits {  // of a policy, in its own words
  bool any = false;
  std::uint64_t ttl_ticks = 0;
  std::uint64_t bytes_max = 0;
};

Limits limits_of(const std::string& text) {
  const auto policy = configure_policy(standard_policies(), text);
  Limits limits;
  for (const ParameterValue& each : policy.ok() ? policy->parameters : std::vector<ParameterValue>()) {
    const auto value = static_cast<std::uint64_t>(each.value);
    if (each.name == "expire") limits.any = value > 0;
    if (each.name == "ttl") limits.ttl_ticks = value * kTicksPerSecond;
    if (each.name == "bytes") limits.bytes_max = value;
  }
  return limits;
}

// The latest moment that the store may take for now. Its stamps, which stay below the ceiling, measure time where the
// clock does not.
std::uint64_t latest_now(const VirtualClock& clock, Timestamp ceiling) {
  const std::uint64_t usable = clock.wall_ticks_highest_usable();
  const bool always = clock.wall_ticks_highest() == usable;
  return always ? usable : std::max(usable, ceiling.ticks);
}

}  // namespace

Result<std::unique_ptr<StoreUnderTest>> MyloniteChecker::open() {
  return MyloniteStore::open({.fs = parts_.fs, .answers = parts_.answers}, parts_.plan.options,
                             parts_.state.components(this));
}

Result<StoreDump> MyloniteChecker::dump_of(StoreUnderTest& store) {
  return dump(static_cast<MyloniteStore&>(store).store());
}

// Checks that kept checkpoints of the incarnation before show the same content as then, and removes them.
void MyloniteChecker::check_copies() {
  RunState& state = parts_.state;
  AnswerChecker& answers = parts_.answers;
  for (const KeptCopy& copy : state.copies) {
    if (answers.dead()) return;
    Options options = parts_.plan.options;
    options.data_dir = copy.directory;
    const auto store = Store::open_read_only(parts_.fs, options, nullptr);
    if (!answers.succeeded("open of a checkpoint that was kept", error_of(store))) return;
    const std::optional<StoreDump> found = look(**store, "reads of a checkpoint that was kept");
    if (!found) return;
    const SimulatorCode scope;
    parts_.observer.mark("sim.checkpoint_kept");
    if (found->pairs != copy.pairs) {
      state.oracle.violate("checkpoint",
                           fmt::format("{} showed {} pairs when it was made, and now shows {}, which differ",
                                       copy.directory, copy.pairs.size(), found->pairs.size()));
      answers.stop_if_violated();
    }
  }
  const SimulatorCode scope;
  faultfs::SimFileSystem plain(state.disk);
  for (const KeptCopy& copy : state.copies) remove_all(plain, copy.directory);
  state.copies.clear();
}

// Checks what the destructions of the incarnation before have left, and ends those that a crash or an error cut short.
void MyloniteChecker::check_destructions() {
  RunState& state = parts_.state;
  for (const Destruction& each : state.destructions) {
    if (parts_.answers.dead()) return;
    if (!state.disk_is_honest()) {
      const SimulatorCode scope;
      faultfs::SimFileSystem plain(state.disk);
      remove_all(plain, each.directory);
    } else if (each.returned) {
      if (state.disk.find(each.directory))
        state.oracle.violate("destroy", each.directory + " came back after its destruction");
    } else if (state.disk.find(each.directory)) {
      if (!check_rest_of(each)) continue;
      parts_.observer.mark("sim.destruction_resumed");
    }
    parts_.answers.stop_if_violated();
  }
  const SimulatorCode scope;
  state.destructions.clear();
}

// The store whole, none, or a refusal that says why; then a second destruction ends it.
bool MyloniteChecker::check_rest_of(const Destruction& destruction) {
  Options options = parts_.plan.options;
  options.data_dir = destruction.directory;
  options.compaction_policy = "none";  // nothing expires before it was looked at
  {
    auto store = Store::open(parts_.fs, options, parts_.state.components());
    const bool refused = !store.ok() && store.error().code() == Code::kCorruption &&
                         store.error().message().find("destruction") != std::string::npos;
    if (!refused) {
      if (!parts_.answers.succeeded("open after an unfinished destruction", error_of(store))) return false;
      const std::optional<StoreDump> found = look(**store, "reads after an unfinished destruction");
      if (!found) return false;
      if (!(*store)->recovery().created && found->pairs != destruction.pairs) {
        parts_.state.oracle.violate("destroy", options.data_dir + " was half destroyed, and opens with other pairs");
      }
    }
  }
  const Status gone = Store::destroy(parts_.fs, options);
  if (!parts_.answers.succeeded("second destruction", error_of(gone))) return false;
  if (parts_.state.disk.find(options.data_dir))
    parts_.state.oracle.violate("destroy", options.data_dir + " is still there after a second destruction");
  return true;
}

// Expects CURRENT, LOCK, the manifest in force, the tables it lists, one log, and foreign files. The harness reads the
// manifest itself, and does not rely on the store.
void MyloniteChecker::check_listing() {
  if (parts_.machine.failures() > 0) return;  // a remove may have failed
  RunState& state = parts_.state;
  const std::string directory = parts_.plan.options.data_dir;
  faultfs::SimFileSystem plain(state.disk);
  const auto manifest = load_manifest(plain, directory);
  const auto names = plain.list(directory);
  if (!manifest.ok() || !names.ok()) {
    state.oracle.violate("listing", "after open the manifest or the directory cannot be read");
    return;
  }
  std::vector<std::string> expected = state.foreign;
  expected.emplace_back(kCurrentName);
  expected.emplace_back(kLockName);
  expected.push_back(manifest_name(manifest->number));
  expected.push_back(wal_name(manifest->version.first_log));
  for (const TableInfo* table : manifest->version.tables()) expected.push_back(table_name(table->number));
  state.oracle.check_listing(*names, std::move(expected));
}

void MyloniteChecker::on_stamped(Timestamp at, const WriteBatch& batch) { parts_.witness.stamped(at, batch); }

void MyloniteChecker::on_ingest_stamped(Timestamp at, const IngestSource& source) {
  on_stamped(at, static_cast<const BatchSource&>(source).batch());
}

void MyloniteChecker::on_write_failed(Timestamp at) {
  if (parts_.answers.dead()) return;
  parts_.state.oracle.on_write_failed(at);
  parts_.answers.stop_if_violated();
}

void MyloniteChecker::on_ingest_given_up(Timestamp at) {
  if (parts_.answers.dead()) return;
  parts_.state.oracle.on_ingest_given_up(at);
  parts_.answers.stop_if_violated();
}

void MyloniteChecker::on_group_commit(std::size_t batches, std::uint64_t) {
  if (!parts_.answers.dead()) parts_.observer.committed(batches, parts_.plan.clients.size());
}

// A merge may fail only if a file call failed, or a lie showed.
void MyloniteChecker::on_compaction_paused(const Error& why) {
  static_cast<void>(parts_.answers.succeeded("compaction", &why));
}

void MyloniteChecker::on_policy_changed(std::string_view from, std::string_view to) {
  if (parts_.answers.dead()) return;
  if (!parts_.state.recorded_policy.in_force(from)) {
    parts_.state.oracle.violate("policy", fmt::format("the policy changed from '{}', which was not in force", from));
  }
  parts_.state.recorded_policy.changed(from, to);
  parts_.answers.stop_if_violated();
}

void MyloniteChecker::on_recovery(const RecoveryReport& report) {
  {
    const SimulatorCode scope;
    if (!parts_.answers.dead()) check_listing();
  }
  parts_.answers.stop_if_violated();
  parts_.observer.opened(report);
}

void MyloniteChecker::on_flush(const FlushReport&) { parts_.observer.flushed(); }
void MyloniteChecker::on_compaction_begin(const JobRecord& report) {
  const SimulatorCode scope;
  if (!merging_.insert(report.id).second) {
    parts_.state.oracle.violate("events", fmt::format("merge {} began twice", report.id));
  }
  if (report.expires() && !parts_.answers.dead()) begin_expiry(report);
}

// By the policy's own words: data is older than it is to live, or there is more than it may keep.
void MyloniteChecker::begin_expiry(const JobRecord& report) {
  parts_.state.saw_clock();
  parts_.state.oracle.begin_expiry(report.expired_through);
  const Limits limits = limits_of(report.policy);
  if (limits.any) return;
  // The tree that the policy saw, but for what flushes have added; with more threads merges may have changed it, too.
  // After a failed call the manifest may hold an edit that the store does not count.
  faultfs::SimFileSystem plain(parts_.state.disk);
  const auto manifest = load_manifest(plain, parts_.plan.options.data_dir);
  const Timestamp through = report.expired_through;
  const std::uint64_t now =
      latest_now(parts_.state.world.clock, manifest.ok() ? manifest->version.ceiling : kTimestampMax);
  if (limits.ttl_ticks > 0 && through.ticks + limits.ttl_ticks <= now) return;
  const bool same_tree = manifest.ok() && parts_.plan.options.compaction_threads == 1 && parts_.machine.failures() == 0;
  if (limits.bytes_max > 0 && (!same_tree || too_many(manifest->version, through, limits.bytes_max))) return;
  parts_.state.oracle.violate("expired", fmt::format("{} lets what was written up to {} expire; it is {} at most",
                                                     report.policy, through.ticks, now));
}

void MyloniteChecker::on_compaction(const JobRecord& report) {
  parts_.observer.merged(report.policy);
  if (report.expires() && !parts_.answers.dead()) parts_.state.oracle.end_expiry(report.expired_through);
  merge_ended(report);
}

void MyloniteChecker::on_compaction_failed(const JobRecord& report, const Error&) {
  if (report.expires() && !parts_.answers.dead()) parts_.state.oracle.end_expiry(std::nullopt);
  merge_ended(report);
}

void MyloniteChecker::merge_ended(const JobRecord& report) {
  const SimulatorCode scope;
  if (merging_.erase(report.id) == 0) {
    parts_.state.oracle.violate("events", fmt::format("merge {} ended, and had not begun", report.id));
  }
}

void MyloniteChecker::check_available(StoreUnderTest& store) {
  constexpr int kTries = 60;
  constexpr std::uint64_t kPauseNs = 1'000'000'000;
  if (parts_.machine.failures() == 0) return;
  Status done;
  for (int i = 0; i < kTries && !parts_.answers.dead(); ++i) {
    const Oracle::Ticket ticket = parts_.state.oracle.begin();
    done = dynamic_cast<MyloniteStore&>(store).store().flush();
    if (parts_.answers.is_closed()) return;  // a client has abandoned it
    if (done.ok()) {
      parts_.state.oracle.made_durable(ticket);
      const std::string refuses = dynamic_cast<MyloniteStore&>(store).store().stats().writes_stopped;
      if (!refuses.empty())
        parts_.state.oracle.violate("available", "a flush succeeds, but writes stay refused: " + refuses);
      parts_.answers.stop_if_violated();
      if (i > 0) parts_.observer.mark("sim.available_later");
      return;
    }
    if (parts_.answers.succeeded("flush", &done.error()) || parts_.answers.dead()) return;
    rt::sleep_until(rt::monotonic_ns() + kPauseNs);
  }
  if (parts_.answers.dead()) return;
  parts_.state.oracle.violate("available",
                              "no call fails any more, and a minute later still: " + done.error().to_string());
  parts_.answers.stop_if_violated();
}

void MyloniteChecker::check_closed() {
  const SimulatorCode scope;
  if (merging_.empty()) return;
  parts_.state.oracle.violate(
      "events",
      fmt::format("merge {} had begun, and neither ended nor failed before close() returned", *merging_.begin()));
}

}  // namespace mylonite::sim
