#include "sim/scenario/old_operations.h"

namespace mylonite::sim {
namespace {

Bounds bounds_of(OldOperation& old) {
  Bounds bounds{.low = std::move(old.key), .high = std::nullopt};
  if (!old.text.empty()) bounds.high = std::move(old.text);
  return bounds;
}

Steps steps_of(const OldOperation& old) {
  Steps steps{.seed = old.number, .targets = {}};
  for (const BatchItem& item : old.batch) steps.targets.push_back(item.key);
  return steps;
}

std::uint32_t slot_of(const OldOperation& old) { return static_cast<std::uint32_t>(old.number % kSlots); }

// One overload for each operation with fields.
class Converter {
 public:
  explicit Converter(OldOperation& old) : old_(old) {}

  void operator()(op::Put& put) { put = {.key = std::move(old_.key), .value = std::move(old_.text)}; }
  void operator()(op::Remove& remove) { remove.key = std::move(old_.key); }
  void operator()(op::Batch& batch) { batch.items = std::move(old_.batch); }
  void operator()(op::RemoveRange& range) { range = {.low = std::move(old_.key), .high = std::move(old_.text)}; }
  void operator()(op::Ingest& ingest) { ingest.items = std::move(old_.batch); }
  void operator()(op::Get& get) { get.key = std::move(old_.key); }
  void operator()(op::GetAsOf& get) { get = {.key = std::move(old_.key), .as_of = as_of_from(old_.number)}; }
  void operator()(op::Scan& scan) { scan = {.bounds = bounds_of(old_), .limit = old_.number}; }
  void operator()(op::ScanBack& scan) { scan = {.bounds = bounds_of(old_), .limit = old_.number}; }
  void operator()(op::ScanAsOf& scan) {
    scan = {.bounds = bounds_of(old_), .as_of = as_of_from(old_.number >> 1), .backward = (old_.number & 1) != 0};
  }
  void operator()(op::WalkCursor& walk) { walk = {.bounds = bounds_of(old_), .steps = steps_of(old_)}; }
  void operator()(op::OpenCursor& open) {
    open = {.slot = slot_of(old_), .bounds = bounds_of(old_), .as_of = std::nullopt};
    if (old_.number % 8 == 0) open.as_of = as_of_from(old_.number / 8);
  }
  void operator()(op::UseCursor& use) { use = {.slot = slot_of(old_), .steps = steps_of(old_)}; }
  void operator()(op::CloseCursor& close) { close.slot = slot_of(old_); }
  void operator()(op::TakeSnapshot& take) { take.slot = slot_of(old_); }
  void operator()(op::ReleaseSnapshot& release) { release.slot = slot_of(old_); }
  void operator()(op::CompactLevel& compact) { compact.level = static_cast<std::uint32_t>(old_.number); }
  void operator()(op::CompactRange& compact) { compact.bounds = bounds_of(old_); }
  void operator()(op::Checkpoint& checkpoint) { checkpoint.keep = old_.number != 0; }
  void operator()(op::Sleep& sleep) { sleep.duration_ns = old_.number; }
  void operator()(op::ClockJump& jump) { jump.ticks = static_cast<std::int64_t>(old_.number); }
  template <class Later>
  void operator()(Later&) {}  // without fields, or newer than these formats

 private:
  OldOperation& old_;
};

}  // namespace

std::optional<Operation> converted(OldOperation old) {
  std::optional<Operation> operation = default_operation(old.name);
  if (operation) std::visit(Converter(old), *operation);
  return operation;
}

}  // namespace mylonite::sim
