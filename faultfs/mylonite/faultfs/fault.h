// The faults of a simulated disk: one enum, and one table with the name of each, the calls that it fits, its answer and
// what it leaves behind. faultfs/README.md shows the same table, and a test compares the two.
//
// A new fault is an enumerator, a row here and a line there. A new effect on the disk is also an enumerator of Leaves
// and a branch in SimFileSystem. The effects of a power loss are not faults of calls: see crash.h and choice.h.
// Invariants: row i describes the fault of value i; an answer of success without the call's effect fits only calls
// that answer nothing else (syncs). It does not decide when a fault strikes (injector.h).
// Thread-safety: constants and pure functions.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include <mylonite/faultfs/call.h>
#include <mylonite/status.h>

namespace mylonite::faultfs {

enum class Fault : std::uint8_t {
  kLie,
  kIoError,
  kIoErrorDone,
  kNoSpace,
  kIoErrorForgetting,
  kLieForgetting,
  kFlippedBits,
  kQuota,
  kNoDescriptor,
};
inline constexpr std::size_t kFaults = 9;

// The part of the call's effect that happens.
enum class Leaves : std::uint8_t {
  kAll,         // all of it
  kNothing,     // nothing
  kPart,        // an append adds a first part of its bytes; any other call does nothing
  kCleanPages,  // a sync makes nothing durable, and no later sync covers the bytes that it should have
  kWrongBytes,  // a read returns wrong bytes; those on the disk do not change
};
inline constexpr std::array<std::string_view, 5> kLeavesNames = {"all of the effect", "nothing", "nothing, or a part",
                                                                 "nothing, pages clean", "wrong bytes in the answer"};

struct FaultRow {
  Fault fault;
  std::string_view name;        // in scenario files and options
  std::string_view phrase;      // in stories: "<phrase> on the 3rd sync of a wal"
  CallSet fits;                 // calls that it may strike
  std::optional<Code> answers;  // the error; empty: success
  Leaves leaves;
  bool passes = false;       // the error says that a retry may help
  bool has_forms = false;    // a strike's detail chooses among several forms
  std::string_view meaning;  // for people
};

inline constexpr std::array<FaultRow, kFaults> kFaultTable = {{
    {.fault = Fault::kLie,
     .name = "lie",
     .phrase = "a lie",
     .fits = kSyncingCalls,
     .answers = std::nullopt,
     .leaves = Leaves::kNothing,
     .meaning = "a sync answers success and makes nothing durable; a later one may"},
    {.fault = Fault::kIoError,
     .name = "undone",
     .phrase = "EIO",
     .fits = kFailingCalls,
     .answers = Code::kIo,
     .leaves = Leaves::kPart,
     .meaning = "an input/output error; the call did nothing, or half of an append"},
    {.fault = Fault::kIoErrorDone,
     .name = "done",
     .phrase = "EIO after the effect",
     .fits = kChangingCalls,
     .answers = Code::kIo,
     .leaves = Leaves::kAll,
     .meaning = "an input/output error, although the call did all that it should"},
    {.fault = Fault::kNoSpace,
     .name = "no-space",
     .phrase = "ENOSPC",
     .fits = kGrowingCalls,
     .answers = Code::kNoSpace,
     .leaves = Leaves::kPart,
     .passes = true,
     .meaning = "no space for this call; half of an append got in"},
    {.fault = Fault::kIoErrorForgetting,
     .name = "forgetting",
     .phrase = "EIO that leaves pages clean",
     .fits = kSyncingCalls,
     .answers = Code::kIo,
     .leaves = Leaves::kCleanPages,
     .meaning = "a sync fails, and no later sync covers the bytes that it should have made durable"},
    {.fault = Fault::kLieForgetting,
     .name = "lie-forgetting",
     .phrase = "a lie that leaves pages clean",
     .fits = kSyncingCalls,
     .answers = std::nullopt,
     .leaves = Leaves::kCleanPages,
     .meaning = "a sync answers success, and no later sync covers the bytes that it should have made durable"},
    {.fault = Fault::kFlippedBits,
     .name = "flipped-bits",
     .phrase = "flipped bits",
     .fits = {CallKind::kRead},
     .answers = std::nullopt,
     .leaves = Leaves::kWrongBytes,
     .has_forms = true,
     .meaning = "one to three bits of the answer are flipped; the disk is sound"},
    {.fault = Fault::kQuota,
     .name = "quota",
     .phrase = "EDQUOT",
     .fits = kGrowingCalls,
     .answers = Code::kNoSpace,
     .leaves = Leaves::kPart,
     .passes = true,
     .meaning = "the user's quota is used up; half of an append got in"},
    {.fault = Fault::kNoDescriptor,
     .name = "no-descriptor",
     .phrase = "EMFILE",
     .fits = kOpeningCalls,
     .answers = Code::kIo,
     .leaves = Leaves::kNothing,
     .passes = true,
     .meaning = "too many files are open; no file is opened or made"},
}};

constexpr const FaultRow& row_of(Fault fault) { return kFaultTable[static_cast<std::size_t>(fault)]; }
constexpr bool is_lie(Fault fault) {  // answers success without the effect
  const FaultRow& row = row_of(fault);
  return !row.answers && (row.leaves == Leaves::kNothing || row.leaves == Leaves::kCleanPages);
}
std::optional<Fault> fault_from_name(std::string_view name);

// A fault that strikes a call. The detail chooses its form if it has several; else it is 0.
struct Strike {
  Fault fault = Fault::kIoError;
  std::uint64_t detail = 0;
  bool operator==(const Strike&) const = default;
};

// What a SimFileSystem does with a call.
struct Verdict {
  Leaves leaves = Leaves::kAll;
  std::optional<Error> error = std::nullopt;  // the answer; empty: success
  std::uint64_t bytes_done = 0;               // kPart: the number of bytes that the append adds
  std::uint64_t detail = 0;                   // of the strike
};
Verdict verdict_of(const Strike& strike, const Call& call);  // by the table

}  // namespace mylonite::faultfs
