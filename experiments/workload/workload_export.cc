#include "experiments/workload/workload_export.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "experiments/workload/operation_stream.h"

namespace mylonite::experiments {
namespace {

constexpr std::size_t kPiece = 1 << 16;

std::uint32_t share_of(const Mix& mix, OperationKind kind) { return mix[static_cast<std::size_t>(kind)]; }

// Collects lines, and hands them on in large pieces.
class Pieces {
 public:
  explicit Pieces(const TextSink& sink) : sink_(sink) {}

  template <class... Parts>
  void add(fmt::format_string<Parts...> form, Parts&&... parts) {
    fmt::format_to(std::back_inserter(text_), form, std::forward<Parts>(parts)...);
    if (text_.size() >= kPiece) hand_on();
  }
  Status complete() {
    hand_on();
    return done_;
  }
  bool failed() const { return !done_.ok(); }

 private:
  void hand_on() {
    if (done_.ok()) done_ = sink_(text_);
    text_.clear();
  }

  const TextSink& sink_;
  std::string text_;
  Status done_;
};

Status write_operations(const WorkloadPlan& plan, const StreamOptions& size, const TextSink& sink) {
  Pieces out(sink);
  OperationStream stream(workload_of(plan, size.entries), size.seed);
  out.add("# workload {}, {} entries, seed {}\nkeys {}\n", plan.name, size.entries, size.seed, stream.keys());
  for (std::size_t i = 0; i < stream.phases().size(); ++i) {
    const Phase& phase = stream.phases()[i];
    const std::string pace = phase.seconds > 0 ? fmt::format(" seconds={}", phase.seconds) : "";
    out.add("phase {}{}{}{}\n", phase.name, phase.measured ? "" : " unmeasured", phase.bursts ? " bursts" : "", pace);
    stream.begin(i);
    while (const auto at = stream.next()) {
      out.add("{} {}", kOperationNames[static_cast<std::size_t>(at->kind)], at->index);
      if (at->length > 0) out.add(" {}", at->length);
      out.add("\n");
      if (out.failed()) return out.complete();
    }
  }
  return out.complete();
}

// The numbers that RocksDB gives its types of operations.
int trace_type(OperationKind kind) {
  switch (kind) {
    case OperationKind::kInsert:
    case OperationKind::kUpdate: return 1;
    case OperationKind::kDelete: return 2;
    case OperationKind::kScan: return 6;
    default: return 0;
  }
}

Status write_trace(const WorkloadPlan& plan, const StreamOptions& size, const TextSink& sink) {
  Pieces out(sink);
  OperationStream stream(workload_of(plan, size.entries), size.seed);
  KeyTexts keys(workload_of(plan, size.entries));
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < stream.phases().size(); ++i) {
    stream.begin(i);
    while (const auto at = stream.next()) {
      std::string hex;
      for (const char c : keys.at(at->index)) hex += fmt::format("{:02X}", static_cast<unsigned char>(c));
      if (at->kind == OperationKind::kReadAbsent) hex += "2E";
      const int type = trace_type(at->kind);
      out.add("0x{} {} 0 {} {}\n", hex, type, type == 1 ? size.value_bytes : 0, number);
      if (at->kind == OperationKind::kReadModifyWrite) out.add("0x{} 1 0 {} {}\n", hex, size.value_bytes, number);
      ++number;
      if (out.failed()) return out.complete();
    }
  }
  return out.complete();
}

// Why properties of YCSB cannot say it; empty: they can.
std::string_view beyond_properties(const std::vector<Phase>& phases) {
  if (phases.size() != 2 || phases[0].measured || phases[0].keys != Indices::kShuffled) {
    return "it is not a load in random order and one phase after it";
  }
  const Phase& run = phases[1];
  if (share_of(run.mix, OperationKind::kDelete) > 0) return "it deletes";
  if (share_of(run.mix, OperationKind::kReadAbsent) > 0) return "it reads absent keys";
  if (run.skew > Skew::kLatestZipf) return "YCSB draws no keys so";
  return run.bursts ? "it is about arrivals" : "";
}

Status write_properties(const WorkloadPlan& plan, const StreamOptions& size, const TextSink& sink) {
  const PlannedWorkload workload = workload_of(plan, size.entries);
  if (const auto why = beyond_properties(workload.phases); !why.empty()) {
    return Error(Code::kInvalidArgument, fmt::format("workload {} has no properties of YCSB: {}; the formats trace and "
                                                     "operations have it",
                                                     plan.name, why));
  }
  const Phase& run = workload.phases[1];
  const auto share = [&](OperationKind kind) {
    return fmt::format("{}.{:03}", share_of(run.mix, kind) / 1000, share_of(run.mix, kind) % 1000);
  };
  Pieces out(sink);
  out.add("# workload {}, {} entries\nworkload=site.ycsb.workloads.CoreWorkload\n", plan.name, size.entries);
  out.add("recordcount={}\noperationcount={}\n", workload.of_n(workload.phases[0].length), workload.of_n(run.length));
  out.add("readproportion={}\nupdateproportion={}\ninsertproportion={}\nscanproportion={}\n",
          share(OperationKind::kRead), share(OperationKind::kUpdate), share(OperationKind::kInsert),
          share(OperationKind::kScan));
  out.add("readmodifywriteproportion={}\n", share(OperationKind::kReadModifyWrite));
  const std::array<std::string_view, 3> names = {"uniform", "zipfian", "latest"};
  out.add("requestdistribution={}\n", names[static_cast<std::size_t>(run.skew)]);
  if (share_of(run.mix, OperationKind::kScan) > 0) {
    out.add("minscanlength={}\nmaxscanlength={}\n", run.scans.low, run.scans.high);
  }
  out.add("fieldcount=1\nfieldlength={}\n", size.value_bytes);
  return out.complete();
}

}  // namespace

const std::array<WorkloadFormat, 3> kWorkloadFormats = {WorkloadFormat{"operations", &write_operations},
                                                        WorkloadFormat{"trace", &write_trace},
                                                        WorkloadFormat{"ycsb", &write_properties}};

}  // namespace mylonite::experiments
