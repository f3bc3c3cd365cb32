// The decision what a power loss leaves. A crash asks a Chooser once for every unit that was not durable; the answer is
// that unit's fate. A unit has a readable key, which does not depend on other pending units. So the decisions of a
// crash can be recorded, replayed, shrunk and read aloud:
//
//   name    "create sst-4.sst"  "rename CURRENT.new to CURRENT"      kept, lost
//   size    "wal-3.log size"                                          kept, lost (the durable size), between
//   page    "wal-3.log@page 2"                                        kept, lost, torn (its sectors are asked)
//   sector  "wal-3.log@sector 17" (512 B, counted from the start)     kept, lost, zero, prefix, suffix, garbage, stale
//
// A repeated key in one crash gets a counter: "create a", "create a #2". The default fate is kept, so a crash is
// recorded as its deviations. Choosers are deterministic. Thread-safety: one thread an object.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/random.h>

namespace mylonite::faultfs {

enum class UnitKind : std::uint8_t { kName, kSize, kPage, kSector };

enum class FateKind : std::uint8_t {
  kKept,     // as readers saw it
  kLost,     // as it was when last durable; zeros if it never was
  kBetween,  // size: some length between the durable and the visible one
  kTorn,     // page: decided sector by sector
  kZero,     // sector: zeros
  kPrefix,   // sector: new bytes up to a cut, old ones from there
  kSuffix,   // sector: old bytes up to a cut, new ones from there
  kGarbage,  // sector: random bytes
  kStale,    // sector: bytes of some sector of some file of this disk
};

struct Fate {
  FateKind kind = FateKind::kKept;
  std::uint32_t detail = 0;  // between, prefix, suffix: where, modulo the span; garbage, stale: a seed; else 0
  bool operator==(const Fate&) const = default;
};
std::string to_string(Fate fate);  // "kept", "prefix:200"
std::optional<Fate> fate_from_string(std::string_view text);

struct Unit {
  UnitKind kind;
  std::string key;
};

struct Choice {
  std::string unit;
  Fate fate;
  bool operator==(const Choice&) const = default;
};

class Chooser {
 public:
  virtual ~Chooser() = default;
  virtual Fate choose(const Unit& unit, std::span<const FateKind> legal) = 0;  // legal[0] is kKept
};

// Seeded. Each object first draws a mood (keep all, lose all, half, torn, …), so that different seeds give diverse
// images.
class RandomChooser final : public Chooser {
 public:
  explicit RandomChooser(Random random);
  Fate choose(const Unit& unit, std::span<const FateKind> legal) override;

 private:
  Random random_;
  std::uint64_t mood_;
};

// Passes questions to another chooser and notes the answers that deviate from the default.
class RecordingChooser final : public Chooser {
 public:
  explicit RecordingChooser(Chooser& inner) : inner_(inner) {}
  Fate choose(const Unit& unit, std::span<const FateKind> legal) override;
  const std::vector<Choice>& choices() const { return choices_; }  // in the order asked

 private:
  Chooser& inner_;
  std::vector<Choice> choices_;
};

// Answers from a list. Units that are not in it are kept, or decided by `rest`. An empty list alone keeps everything.
class ReplayChooser final : public Chooser {
 public:
  explicit ReplayChooser(const std::vector<Choice>& choices, Chooser* rest = nullptr);
  Fate choose(const Unit& unit, std::span<const FateKind> legal) override;
  std::vector<std::string> unused() const;  // listed units that were never asked for, or not legal; sorted

 private:
  struct Answer {
    Fate fate;
    bool used = false;
  };
  std::map<std::string, Answer, std::less<>> answers_;
  Chooser* const rest_;
};

// Answers from a list that was made for a somewhat different crash. A unit that is not listed gets the fate of the
// first unused one like it: of a file whose name differs in numbers only ("wal-3.log" is like "wal-2.log"). Of such
// files kSamePart is the same page or sector, kAnyPart the next one that was listed.
class AdaptingChooser final : public Chooser {
 public:
  enum class Likeness : std::uint8_t { kSamePart, kAnyPart };
  AdaptingChooser(const std::vector<Choice>& choices, Likeness likeness)
      : rest_(choices.begin(), choices.end()), likeness_(likeness) {}
  Fate choose(const Unit& unit, std::span<const FateKind> legal) override;

 private:
  std::list<Choice> rest_;
  const Likeness likeness_;
};

}  // namespace mylonite::faultfs
