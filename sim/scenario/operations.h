// The operations of a client: one struct for each, with its name and typed fields, and Operation, the variant of them.
//
// This list is the only one. JSON, schema, descriptions and names follow from it. Overloads on the struct draw an
// operation (sim/scenario/workload.cc) and apply it (sim/run/client.h, sim/run/mylonite_client.h). A missing one does
// not compile.
// A new operation goes to the end, since its place in the list is its number in traces.
//
// Slots are taken modulo kSlots. A record is a struct with kFields; in a scenario file it is an object of the fields
// that differ from their defaults. Numbers that may pass 2^53 are std::uint64_t, others std::uint32_t.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace mylonite::sim {

template <class Record, class T>
struct Field {
  const char* name;
  T Record::* member;
};
template <class Record, class T>
Field(const char*, T Record::*) -> Field<Record, T>;

struct Bounds {  // of keys: [low, high)
  std::string low{};
  std::optional<std::string> high{};  // empty: to the end
  static constexpr std::tuple kFields{Field{"low", &Bounds::low}, Field{"high", &Bounds::high}};
  bool operator==(const Bounds&) const = default;
};

// A moment in the past: that of the client's snapshot in the slot; without a snapshot, a stamp.
struct AsOf {
  std::optional<std::uint32_t> slot{};  // empty: always a stamp
  std::uint64_t stamp = 0;              // the index among the stamps acknowledged so far, modulo their number
  bool near_expiry = false;             // the index counts from the newest announced expiry, a few stamps to and fro
  static constexpr std::tuple kFields{Field{"slot", &AsOf::slot}, Field{"stamp", &AsOf::stamp},
                                      Field{"near_expiry", &AsOf::near_expiry}};
  bool operator==(const AsOf&) const = default;
};
AsOf as_of_from(std::uint64_t draw);  // from one random number

struct Steps {  // of a cursor: a few seeks and moves
  std::uint64_t seed = 0;
  std::vector<std::string> targets{};  // of the seeks
  static constexpr std::tuple kFields{Field{"seed", &Steps::seed}, Field{"targets", &Steps::targets}};
  bool operator==(const Steps&) const = default;
};

struct BatchItem {
  std::string key{};
  std::optional<std::string> value{};  // empty: remove
  std::string high{};                  // not empty: removes [key, high)
  static constexpr std::tuple kFields{Field{"key", &BatchItem::key}, Field{"value", &BatchItem::value},
                                      Field{"high", &BatchItem::high}};
  bool operator==(const BatchItem&) const = default;
};

inline constexpr std::size_t kSlots = 2;  // a client has 2 for snapshots and 2 for cursors; reuse frees the old content
inline constexpr std::uint64_t kAsOfPairsMax = 30;

namespace op {

struct Put {
  std::string key{};
  std::string value{};
  static constexpr std::string_view kName = "put";
  static constexpr std::tuple kFields{Field{"key", &Put::key}, Field{"value", &Put::value}};
  bool operator==(const Put&) const = default;
};

struct Remove {
  std::string key{};
  static constexpr std::string_view kName = "remove";
  static constexpr std::tuple kFields{Field{"key", &Remove::key}};
  bool operator==(const Remove&) const = default;
};

struct Batch {
  std::vector<BatchItem> items{};
  static constexpr std::string_view kName = "batch";
  static constexpr std::tuple kFields{Field{"items", &Batch::items}};
  bool operator==(const Batch&) const = default;
};

struct RemoveRange {  // [low, high)
  std::string low{};
  std::string high{};
  static constexpr std::string_view kName = "remove-range";
  static constexpr std::tuple kFields{Field{"low", &RemoveRange::low}, Field{"high", &RemoveRange::high}};
  bool operator==(const RemoveRange&) const = default;
};

struct Ingest {
  std::vector<BatchItem> items{};  // puts with ascending keys
  static constexpr std::string_view kName = "ingest";
  static constexpr std::tuple kFields{Field{"items", &Ingest::items}};
  bool operator==(const Ingest&) const = default;
};

struct Get {
  std::string key{};
  static constexpr std::string_view kName = "get";
  static constexpr std::tuple kFields{Field{"key", &Get::key}};
  bool operator==(const Get&) const = default;
};

struct GetAsOf {
  std::string key{};
  AsOf as_of{};
  static constexpr std::string_view kName = "get-as-of";
  static constexpr std::tuple kFields{Field{"key", &GetAsOf::key}, Field{"as_of", &GetAsOf::as_of}};
  bool operator==(const GetAsOf&) const = default;
};

struct Scan {  // forward
  Bounds bounds{};
  std::uint64_t limit = 0;  // pairs at most
  static constexpr std::string_view kName = "scan";
  static constexpr std::tuple kFields{Field{"bounds", &Scan::bounds}, Field{"limit", &Scan::limit}};
  bool operator==(const Scan&) const = default;
};

struct ScanBack {  // backward
  Bounds bounds{};
  std::uint64_t limit = 0;
  static constexpr std::string_view kName = "scan-back";
  static constexpr std::tuple kFields{Field{"bounds", &ScanBack::bounds}, Field{"limit", &ScanBack::limit}};
  bool operator==(const ScanBack&) const = default;
};

struct ScanAsOf {  // of at most kAsOfPairsMax pairs
  Bounds bounds{};
  AsOf as_of{};
  bool backward = false;
  static constexpr std::string_view kName = "scan-as-of";
  static constexpr std::tuple kFields{Field{"bounds", &ScanAsOf::bounds}, Field{"as_of", &ScanAsOf::as_of},
                                      Field{"backward", &ScanAsOf::backward}};
  bool operator==(const ScanAsOf&) const = default;
};

struct WalkCursor {  // opens a cursor, moves it and closes it
  Bounds bounds{};
  Steps steps{};
  static constexpr std::string_view kName = "walk";
  static constexpr std::tuple kFields{Field{"bounds", &WalkCursor::bounds}, Field{"steps", &WalkCursor::steps}};
  bool operator==(const WalkCursor&) const = default;
};

struct OpenCursor {
  std::uint32_t slot = 0;
  Bounds bounds{};
  std::optional<AsOf> as_of{};  // empty: now
  static constexpr std::string_view kName = "open-cursor";
  static constexpr std::tuple kFields{Field{"slot", &OpenCursor::slot}, Field{"bounds", &OpenCursor::bounds},
                                      Field{"as_of", &OpenCursor::as_of}};
  bool operator==(const OpenCursor&) const = default;
};

struct UseCursor {
  std::uint32_t slot = 0;
  Steps steps{};
  static constexpr std::string_view kName = "use-cursor";
  static constexpr std::tuple kFields{Field{"slot", &UseCursor::slot}, Field{"steps", &UseCursor::steps}};
  bool operator==(const UseCursor&) const = default;
};

struct CloseCursor {
  std::uint32_t slot = 0;
  static constexpr std::string_view kName = "close-cursor";
  static constexpr std::tuple kFields{Field{"slot", &CloseCursor::slot}};
  bool operator==(const CloseCursor&) const = default;
};

struct TakeSnapshot {
  std::uint32_t slot = 0;
  static constexpr std::string_view kName = "take-snapshot";
  static constexpr std::tuple kFields{Field{"slot", &TakeSnapshot::slot}};
  bool operator==(const TakeSnapshot&) const = default;
};

struct ReleaseSnapshot {
  std::uint32_t slot = 0;
  static constexpr std::string_view kName = "release-snapshot";
  static constexpr std::tuple kFields{Field{"slot", &ReleaseSnapshot::slot}};
  bool operator==(const ReleaseSnapshot&) const = default;
};

struct Sync {
  static constexpr std::string_view kName = "sync";
  static constexpr std::tuple<> kFields{};
  bool operator==(const Sync&) const = default;
};

struct Flush {
  static constexpr std::string_view kName = "flush";
  static constexpr std::tuple<> kFields{};
  bool operator==(const Flush&) const = default;
};

struct CompactLevel {
  std::uint32_t level = 0;
  static constexpr std::string_view kName = "compact-level";
  static constexpr std::tuple kFields{Field{"level", &CompactLevel::level}};
  bool operator==(const CompactLevel&) const = default;
};

struct CompactRange {
  Bounds bounds{};
  static constexpr std::string_view kName = "compact-range";
  static constexpr std::tuple kFields{Field{"bounds", &CompactRange::bounds}};
  bool operator==(const CompactRange&) const = default;
};

struct Checkpoint {   // a second store beside the first, opened for reading and compared
  bool keep = false;  // it stays until the next incarnation, which opens it and must find the same content
  static constexpr std::string_view kName = "checkpoint";
  static constexpr std::tuple kFields{Field{"keep", &Checkpoint::keep}};
  bool operator==(const Checkpoint&) const = default;
};

struct Sleep {
  std::uint64_t duration_ns = 0;  // of virtual time
  static constexpr std::string_view kName = "sleep";
  static constexpr std::tuple kFields{Field{"duration_ns", &Sleep::duration_ns}};
  bool operator==(const Sleep&) const = default;
};

struct ClockJump {
  std::int64_t ticks = 0;  // of 100 ns
  static constexpr std::string_view kName = "clock-jump";
  static constexpr std::tuple kFields{Field{"ticks", &ClockJump::ticks}};
  bool operator==(const ClockJump&) const = default;
};

struct ClockFreeze {
  static constexpr std::string_view kName = "clock-freeze";
  static constexpr std::tuple<> kFields{};
  bool operator==(const ClockFreeze&) const = default;
};

struct ClockRun {
  static constexpr std::string_view kName = "clock-run";
  static constexpr std::tuple<> kFields{};
  bool operator==(const ClockRun&) const = default;
};

struct BatchSync {  // a batch that says whether it is synced
  std::vector<BatchItem> items{};
  bool sync = false;
  static constexpr std::string_view kName = "batch-sync";
  static constexpr std::tuple kFields{Field{"items", &BatchSync::items}, Field{"sync", &BatchSync::sync}};
  bool operator==(const BatchSync&) const = default;
};

struct MultiGet {  // of one moment
  std::vector<std::string> keys{};
  std::optional<AsOf> as_of{};  // empty: now
  static constexpr std::string_view kName = "multi-get";
  static constexpr std::tuple kFields{Field{"keys", &MultiGet::keys}, Field{"as_of", &MultiGet::as_of}};
  bool operator==(const MultiGet&) const = default;
};

struct GetInto {  // into a buffer that the client keeps
  std::string key{};
  static constexpr std::string_view kName = "get-into";
  static constexpr std::tuple kFields{Field{"key", &GetInto::key}};
  bool operator==(const GetInto&) const = default;
};

struct ApproximateSize {  // of the bounds, and of the two parts that `middle` makes of them
  Bounds bounds{};
  std::string middle{};
  static constexpr std::string_view kName = "approximate-size";
  static constexpr std::tuple kFields{Field{"bounds", &ApproximateSize::bounds},
                                      Field{"middle", &ApproximateSize::middle}};
  bool operator==(const ApproximateSize&) const = default;
};

struct RemoveFrom {  // every key from `low` on
  std::string low{};
  static constexpr std::string_view kName = "remove-from";
  static constexpr std::tuple kFields{Field{"low", &RemoveFrom::low}};
  bool operator==(const RemoveFrom&) const = default;
};

struct SetPolicy {       // merges are chosen by another policy from here on
  std::string policy{};  // as in the option compaction_policy: its name, and parameters
  static constexpr std::string_view kName = "set-policy";
  static constexpr std::tuple kFields{Field{"policy", &SetPolicy::policy}};
  bool operator==(const SetPolicy&) const = default;
};

struct Abandon {  // ends the store without closing it; what follows is refused
  static constexpr std::string_view kName = "abandon";
  static constexpr std::tuple<> kFields{};
  bool operator==(const Abandon&) const = default;
};

struct Destroy {  // of a checkpoint that was opened as a store of its own: refused while it is open, then carried out
  static constexpr std::string_view kName = "destroy";
  static constexpr std::tuple<> kFields{};
  bool operator==(const Destroy&) const = default;
};

}  // namespace op

using Operation =
    std::variant<op::Put, op::Remove, op::Batch, op::RemoveRange, op::Ingest, op::Get, op::GetAsOf, op::Scan,
                 op::ScanBack, op::ScanAsOf, op::WalkCursor, op::OpenCursor, op::UseCursor, op::CloseCursor,
                 op::TakeSnapshot, op::ReleaseSnapshot, op::Sync, op::Flush, op::CompactLevel, op::CompactRange,
                 op::Checkpoint, op::Sleep, op::ClockJump, op::ClockFreeze, op::ClockRun, op::BatchSync, op::MultiGet,
                 op::GetInto, op::ApproximateSize, op::RemoveFrom, op::SetPolicy, op::Abandon, op::Destroy>;

inline constexpr std::size_t kOperations = std::variant_size_v<Operation>;

// By their places in the list.
inline constexpr auto kOperationNames = []<std::size_t... I>(std::index_sequence<I...>) {
  return std::array{std::variant_alternative_t<I, Operation>::kName...};
}(std::make_index_sequence<kOperations>());

template <class Op>
inline constexpr std::size_t kIndexOf = []<std::size_t... I>(std::index_sequence<I...>) {
  return ((std::is_same_v<Op, std::variant_alternative_t<I, Operation>> ? I : 0) + ...);
}(std::make_index_sequence<kOperations>());

// Operations that every store under the simulator carries out. The others are Mylonite's own.
template <class Op>
inline constexpr bool kForEveryStore =
    []<class... Any>(const std::tuple<Any...>*) {
      return (std::is_same_v<Op, Any> || ...);
    }(static_cast<std::tuple<op::Put, op::Remove, op::Batch, op::RemoveRange, op::RemoveFrom, op::Get, op::Scan,
                             op::ScanBack, op::Sync, op::Sleep, op::ClockJump, op::ClockFreeze, op::ClockRun>*>(
        nullptr));

// The same by their places in the list.
inline constexpr auto kEveryStoreCan = []<std::size_t... I>(std::index_sequence<I...>) {
  return std::array{kForEveryStore<std::variant_alternative_t<I, Operation>>...};
}(std::make_index_sequence<kOperations>());

Operation default_operation(std::size_t index);  // by its place in the list, below kOperations
std::optional<Operation> default_operation(std::string_view name);

template <class Record>
concept IsRecord = requires { Record::kFields; };

// Calls visit(field) for each field of a record, in order.
template <IsRecord Record, class Visit>
constexpr void for_each_field(Visit visit) {
  std::apply([&](const auto&... field) { (visit(field), ...); }, Record::kFields);
}

// The operation in words, for people: "put key 'a' value 'b'".
std::string describe(const Operation& operation);

}  // namespace mylonite::sim
