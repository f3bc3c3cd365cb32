// One call of a file system, as faults and crashes see it, and the table of the kinds of call.
//
// Invariant: row i of kCalls describes the kind of value i, so every kind has one name and one class. The class is what
// the call does to a disk. Every rule about kinds ("may it lie", "does it change the disk") is a rule about classes.
// It knows no files, roles or faults. Thread-safety: values, constants and pure functions. Complexity: O(1).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace mylonite::faultfs {

enum class CallKind : std::uint8_t {
  kOpen,
  kCreate,
  kRename,
  kLink,
  kRemove,
  kMakeDirectory,
  kRemoveDirectory,
  kList,
  kSyncDirectory,
  kLock,
  kStat,
  kSpace,
  kAppend,
  kRead,
  kSyncData,
  kSync,
  kTruncate,
  kSize,
  kClose,
};
inline constexpr std::size_t kCallKinds = 19;

enum class CallClass : std::uint8_t {
  kNames,   // changes the set of names
  kBytes,   // changes a file's bytes or length
  kSyncs,   // makes names or bytes durable
  kReads,   // returns bytes of a file
  kLooks,   // returns what exists, or opens it
  kGauges,  // returns a number that the system keeps in memory
  kCloses,  // ends a handle
};

struct CallRow {
  CallKind kind;
  std::string_view name;  // in stories and scenario files
  CallClass call_class;
};
inline constexpr std::array<CallRow, kCallKinds> kCalls = {{
    {CallKind::kOpen, "open", CallClass::kLooks},
    {CallKind::kCreate, "create", CallClass::kNames},
    {CallKind::kRename, "rename", CallClass::kNames},
    {CallKind::kLink, "link", CallClass::kNames},
    {CallKind::kRemove, "remove", CallClass::kNames},
    {CallKind::kMakeDirectory, "make_directory", CallClass::kNames},
    {CallKind::kRemoveDirectory, "remove_directory", CallClass::kNames},
    {CallKind::kList, "list", CallClass::kLooks},
    {CallKind::kSyncDirectory, "sync_directory", CallClass::kSyncs},
    {CallKind::kLock, "lock", CallClass::kLooks},
    {CallKind::kStat, "stat", CallClass::kLooks},
    {CallKind::kSpace, "space", CallClass::kGauges},
    {CallKind::kAppend, "append", CallClass::kBytes},
    {CallKind::kRead, "read", CallClass::kReads},
    {CallKind::kSyncData, "sync_data", CallClass::kSyncs},
    {CallKind::kSync, "sync", CallClass::kSyncs},
    {CallKind::kTruncate, "truncate", CallClass::kBytes},
    {CallKind::kSize, "size", CallClass::kGauges},
    {CallKind::kClose, "close", CallClass::kCloses},
}};

constexpr CallClass class_of(CallKind kind) { return kCalls[static_cast<std::size_t>(kind)].call_class; }
constexpr std::string_view call_kind_name(CallKind kind) { return kCalls[static_cast<std::size_t>(kind)].name; }

// A set of kinds.
class CallSet {
 public:
  constexpr CallSet() = default;
  constexpr CallSet(std::initializer_list<CallKind> kinds) {
    for (const CallKind kind : kinds) bits_ |= bit(kind);
  }
  constexpr CallSet(std::initializer_list<CallClass> classes) {
    for (const CallRow& row : kCalls) {
      for (const CallClass each : classes) bits_ |= row.call_class == each ? bit(row.kind) : 0;
    }
  }
  constexpr bool contains(CallKind kind) const { return (bits_ & bit(kind)) != 0; }
  constexpr bool operator==(const CallSet&) const = default;

 private:
  static constexpr std::uint32_t bit(CallKind kind) { return 1U << static_cast<unsigned>(kind); }
  std::uint32_t bits_ = 0;
};
inline constexpr CallSet kSyncingCalls = {CallClass::kSyncs};
inline constexpr CallSet kChangingCalls = {CallClass::kNames, CallClass::kBytes, CallClass::kSyncs};
inline constexpr CallSet kReadingCalls = {CallClass::kReads, CallClass::kLooks};
inline constexpr CallSet kFailingCalls = {CallClass::kNames, CallClass::kBytes, CallClass::kSyncs, CallClass::kReads,
                                          CallClass::kLooks};
inline constexpr CallSet kGrowingCalls = {CallKind::kAppend, CallKind::kCreate};                 // take space
inline constexpr CallSet kOpeningCalls = {CallKind::kOpen, CallKind::kCreate, CallKind::kList};  // take a descriptor
inline constexpr CallSet kAllCalls = {CallClass::kNames, CallClass::kBytes,  CallClass::kSyncs, CallClass::kReads,
                                      CallClass::kLooks, CallClass::kGauges, CallClass::kCloses};

std::string to_string(CallSet calls);  // a noun: "sync", "append or create", "changing call"

// Views are borrowed for the call.
struct Call {
  CallKind kind;
  std::string_view path;        // of a handle: the path it was opened by
  std::string_view other_path;  // rename, link: the second path
  std::uint64_t offset = 0;     // read
  std::uint64_t size = 0;       // read: bytes asked for; append: bytes given; truncate: the new size
  std::string_view bytes;       // append
};
std::string to_string(const Call& call);  // "append db/wal-1.log 45 B"

}  // namespace mylonite::faultfs
