// One run of a peer: the operations of the spec, counted as experiments/run counts those of Mylonite.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/base/hash.h"
#include "experiments/amplification/amplification.h"
#include "experiments/result/commit.h"
#include "experiments/run/store_options.h"
#include "experiments/run/workload_source.h"
#include "experiments/workload/operation_stream.h"

namespace mylonite::experiments {
namespace {

// More than any buffer takes in a memtable of the peers, so that only flush() ends one.
std::uint64_t memtable_bytes(const RunSpec& spec, const StreamOptions& values) {
  constexpr std::uint64_t kOverheadBytes = 256;
  return (std::uint64_t{16} << 20) + 2 * spec.buffer_entries * (kKeyBytes + values.value_bytes + kOverheadBytes);
}

class PeerRun {
 public:
  PeerRun(const RunSpec& spec, const PlannedWorkload& workload, PeerTree& tree)
      : spec_(spec),
        tree_(tree),
        operations_(workload, spec.seed),
        keys_(workload),
        values_(value_options(spec, workload)),
        entry_bytes_(operations_.keys()) {}

  Status carry_out();
  const RunFigures& figures() const { return figures_; }
  const std::string& failure() const { return failure_; }

 private:
  Status work(bool measured);
  Status apply(const PlannedOperation& operation);
  Status read(const std::string& key, bool there);
  Status write(const PlannedOperation& operation, const std::string& key);
  Status after_buffer(bool measured);
  Status verify();
  void begin_measuring();
  void end_measuring();

  const RunSpec& spec_;
  PeerTree& tree_;
  OperationStream operations_;
  KeyTexts keys_;
  Values values_;
  std::vector<std::uint64_t> entry_bytes_;  // by index: of the key and its last value; 0: absent
  std::uint64_t live_bytes_ = 0;
  std::uint64_t writes_ = 0;
  std::string value_;
  RunFigures figures_;
  TreeTraffic before_;
  std::string failure_;
};

Status PeerRun::carry_out() {
  bool measuring = false;
  for (std::size_t i = 0; i < operations_.phases().size(); ++i) {
    const bool measured = operations_.phases()[i].measured;
    if (measured && !measuring) begin_measuring();
    measuring = measuring || measured;
    operations_.begin(i);
    if (Status done = work(measured); !done.ok()) return done;
  }
  end_measuring();
  return verify();
}

Status PeerRun::work(bool measured) {
  while (const auto operation = operations_.next()) {
    if (Status done = apply(*operation); !done.ok()) return done;
    if (measured) ++figures_.operations;
    const bool wrote = operation->generation > 0 || operation->kind == OperationKind::kDelete;
    if (!wrote || ++writes_ % spec_.buffer_entries != 0) continue;
    if (Status done = after_buffer(measured); !done.ok()) return done;
  }
  return {};
}

Status PeerRun::apply(const PlannedOperation& operation) {
  const std::string key(keys_.at(operation.index));
  if (operation.kind == OperationKind::kScan) {
    const auto seen = tree_.scan(key, operation.length);
    return seen.ok() ? tree_.rest() : seen.error();
  }
  if (operation.kind == OperationKind::kReadAbsent) return read(key + ".", false);
  if (operation.kind == OperationKind::kRead || operation.kind == OperationKind::kReadModifyWrite) {
    if (Status done = read(key, entry_bytes_[operation.index] > 0); !done.ok()) return done;
  }
  const bool writes = operation.generation > 0 || operation.kind == OperationKind::kDelete;
  return writes ? write(operation, key) : Status();
}

Status PeerRun::read(const std::string& key, bool there) {
  const std::uint64_t reads = tree_.traffic().client_reads;
  const auto found = tree_.get(key, value_);
  if (!found.ok()) return found.error();
  ++figures_.gets;
  figures_.tables_probed += tree_.traffic().client_reads - reads;
  if (*found != there && failure_.empty()) failure_ = fmt::format("key {} is {}", key, there ? "missing" : "there");
  return tree_.rest();
}

Status PeerRun::write(const PlannedOperation& operation, const std::string& key) {
  const bool deletes = operation.kind == OperationKind::kDelete;
  const std::uint64_t bytes = operation.value_bytes == kUsualValueBytes ? spec_.value_bytes : operation.value_bytes;
  Status done = deletes ? tree_.remove(key) : tree_.put(key, values_.at(operation.index, operation.generation, bytes));
  if (!done.ok()) return done;
  ++figures_.user_entries;
  figures_.user_bytes += key.size() + (deletes ? 0 : bytes);
  std::uint64_t& entry = entry_bytes_[operation.index];
  live_bytes_ -= entry;
  entry = deletes ? 0 : key.size() + bytes;
  live_bytes_ += entry;
  return {};
}

Status PeerRun::after_buffer(bool measured) {
  if (Status done = tree_.flush(); !done.ok() || !measured) return done;
  const std::uint64_t runs = tree_.runs();
  ++figures_.samples;
  figures_.runs_sum += runs;
  figures_.runs_max = std::max(figures_.runs_max, runs);
  figures_.table_bytes_sum += tree_.table_bytes();
  figures_.live_bytes_sum += live_bytes_;
  figures_.space_max = std::max(figures_.space_max, tree_.table_bytes());
  return {};
}

void PeerRun::begin_measuring() {
  figures_ = {};
  tree_.restart_largest();
  before_ = tree_.traffic();
}

void PeerRun::end_measuring() {
  const TreeTraffic& now = tree_.traffic();
  figures_.flush_bytes = now.flush_bytes - before_.flush_bytes;
  figures_.merge_bytes_in = now.merge_bytes_in - before_.merge_bytes_in;
  figures_.merge_bytes_out = now.merge_bytes_out - before_.merge_bytes_out;
  figures_.merges = now.merges - before_.merges;
  figures_.largest_merge_bytes = now.largest_merge_bytes;
  figures_.blocks_read = now.client_reads - before_.client_reads;
}

// All that was written is there, and nothing else.
Status PeerRun::verify() {
  const auto seen = tree_.scan("", UINT64_MAX);
  if (!seen.ok()) return seen.error();
  if (*seen != live_bytes_ && failure_.empty()) {
    failure_ = fmt::format("the scan shows {} bytes, expected {}", *seen, live_bytes_);
  }
  return {};
}

// Of the tables that a buffer makes in this peer.
Result<std::uint64_t> peer_buffer(const RunSpec& spec, const PlannedWorkload& workload, const PeerTreeKind& kind) {
  const StreamOptions options = value_options(spec, workload);
  const std::uint64_t unlimited = std::uint64_t{1} << 30;
  auto tree = kind.open(kind.name, {.memtable_bytes = memtable_bytes(spec, options),
                                    .table_bytes = unlimited,
                                    .level1_bytes = unlimited,
                                    .size_ratio = spec.size_ratio,
                                    .level0_runs = unlimited});
  if (!tree.ok()) return tree.error();
  KeyTexts keys(workload);
  const Values values(options);
  const std::uint64_t step = std::max<std::uint64_t>(workload.keys() / spec.buffer_entries, 1);
  for (std::uint64_t i = 0; i < spec.buffer_entries; ++i) {
    const Status done = (*tree)->put(keys.at(i * step), values.at(i * step, 0, spec.value_bytes));
    if (!done.ok()) return done.error();
  }
  if (Status done = (*tree)->flush(); !done.ok()) return done.error();
  return (*tree)->table_bytes();
}

// The peer's sizes for a spec, as it can have them.
Result<TreeSizes> peer_sizes(const WorkloadSource& source, const PeerTreeKind& kind, std::uint64_t& buffer_bytes) {
  const RunSpec& spec = source.spec;
  const auto buffer = peer_buffer(spec, source.workload, kind);
  if (!buffer.ok()) return buffer.error();
  buffer_bytes = *buffer;
  const TreeSizes sizes{.memtable_bytes = memtable_bytes(spec, value_options(spec, source.workload)),
                        .table_bytes = *buffer + *buffer / 8,  // as Mylonite's: a flush makes one table
                        .level1_bytes = spec.base_buffers * *buffer,
                        .size_ratio = spec.size_ratio,
                        .level0_runs = spec.level0_runs};
  if (kind.check == nullptr) return sizes;
  if (Status good = kind.check(sizes); !good.ok()) return good.error();
  return sizes;
}

}  // namespace

Status check_peer(const RunSpec& spec, const PeerTreeKind& kind) {
  const auto source = workload_source(spec);
  if (!source.ok()) return source.error();
  std::uint64_t buffer_bytes = 0;
  const auto sizes = peer_sizes(*source, kind, buffer_bytes);
  return sizes.ok() ? Status() : Status(sizes.error());
}

Result<RunResult> run_peer(const RunSpec& given, const PeerTreeKind& kind) {
  if (Status good = check_names(given); !good.ok()) return good.error();
  const auto source = workload_source(given);
  if (!source.ok()) return source.error();
  const RunSpec& spec = source->spec;
  std::uint64_t buffer_bytes = 0;
  const auto fitting = peer_sizes(*source, kind, buffer_bytes);
  if (!fitting.ok()) return fitting.error();
  const TreeSizes& sizes = *fitting;
  auto tree = kind.open(kind.name, sizes);
  if (!tree.ok()) return tree.error();
  PeerRun run(spec, source->workload, **tree);
  if (Status done = run.carry_out(); !done.ok()) return done.error();
  const std::string policy = fmt::format("{} ({})", kind.name, kind.library);
  const std::string options =
      fmt::format("{} {} {} {} {}", policy, sizes.table_bytes, sizes.level1_bytes, sizes.size_ratio, sizes.level0_runs);
  return RunResult{.spec = spec,
                   .policy = policy,
                   .options_hash = fmt::format("{:016x}", hash64(options)),
                   .commit = std::string(built_from()),
                   .buffer_bytes = buffer_bytes,
                   .figures = run.figures(),
                   .failure = run.failure()};
}

}  // namespace mylonite::experiments
