// A recording of one run: what happened, in order, as plain structs. Pages and traces are made from it.
//
// run() fills it on request (RunSettings::recording). Recording does not change a run: the trace hash is the same.
//
// Steps count over the whole run: an incarnation begins where the last one ended. Operations and calls stand in the
// order of their begin; one without an end was cut off by a crash, a violation or a fault. Paths, keys and answers are
// the run's own bytes.
//
// A moment holds a copy of the disk and the model's newest pairs. All else about it is worked out after the run, so
// that the run is never asked: the tree, the files, what a store shows on that disk. Of a long run the moments are
// thinned evenly. The last kLastMoments before its end stay, and so do those of crashes and violations.
// It interprets nothing. Thread-safety: values; they belong to the thread of the run, since disks share pages.
// Complexity: a moment costs a pointer a file and the model's pairs; all else is constant an event.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mylonite/faultfs/call.h>
#include <mylonite/faultfs/crash.h>
#include <mylonite/faultfs/disk.h>
#include <mylonite/options.h>

namespace mylonite::sim {

struct Recording {
  static constexpr std::size_t kEvenMoments = 400;    // at most, of a long run
  static constexpr std::size_t kMarkedMoments = 200;  // at most
  static constexpr std::size_t kLastMoments = 40;

  struct Position {
    std::uint64_t step = 0;
    std::uint64_t ns = 0;  // of virtual time
    bool operator==(const Position&) const = default;
  };
  struct Operation {
    std::size_t incarnation = 0;  // its index
    std::size_t client = 0;       // from 1; 0: the simulator's own check
    int fiber = 0;
    std::string text{};  // "put key 'a' value 'b'"
    Position begin{};
    std::optional<Position> end{};
    std::string answer{};  // "stamp 17"; empty: none
  };
  struct FileCall {
    std::size_t incarnation = 0;
    int fiber = 0;
    faultfs::CallKind kind{};
    std::string path{};
    std::string text{};  // "append db/wal-1.log 45 B"
    std::uint64_t bytes = 0;
    Position begin{};
    std::optional<Position> end{};
    std::string answer{};  // the error; empty: success
    std::string fault{};   // that struck; empty: none
  };
  struct Turn {  // the fiber runs from this step on
    std::uint64_t step = 0;
    int fiber = 0;
    bool operator==(const Turn&) const = default;
  };
  struct Incarnation {
    Options options{};
    Position begin{};
    Position end{};
    std::vector<std::string> fibers{};  // their names; the first is fiber 1
    std::vector<Turn> turns{};
  };
  struct Crash {
    std::size_t incarnation = 0;
    Position at{};
    std::string why{};                // "crash", "crash at the end of work"
    bool power_loss = false;          // false: the process was killed
    std::vector<std::string> lost{};  // what did not survive whole, and how
  };
  struct Violation {
    std::size_t incarnation = 0;
    Position at{};
    std::string rule{};
    std::string what{};
  };
  struct Moment {
    std::size_t incarnation = 0;
    Position at{};
    std::string after{};  // what has just happened
    bool marked = false;  // of a crash, a violation or an incarnation's begin
    faultfs::Disk disk{};
    std::vector<std::pair<std::string, std::string>> pairs{};  // of the model, in key order
  };

  std::uint64_t seed = 0;
  faultfs::NameOrder names = faultfs::NameOrder::kOrdered;
  bool of_mylonite = true;  // false: the store is another, whose files nobody here can read
  std::vector<Incarnation> incarnations{};
  std::vector<Operation> operations{};
  std::vector<FileCall> calls{};
  std::vector<Crash> crashes{};
  std::vector<Violation> violations{};  // at most one, but for a fault or a deadlock
  std::vector<Moment> moments{};
  std::uint64_t moments_seen = 0;  // before they were thinned
};

}  // namespace mylonite::sim
