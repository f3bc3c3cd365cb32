// Tries a store on a copy of the disk on which one file is damaged, where the scenario says so, before the real open.
//
// What the damaged copy answers is compared with what a sound copy shows (the twin). It may refuse to open, unless a
// table is damaged, or refuse reads, with a corruption that names the file. It must serve all keys outside a damaged
// table, and show nothing else than the twin. The exception is what nothing attests: the end of a log, and the last
// record of a manifest. What is left is then a legal cut.
// The copies see no injected fault and no crash. Nothing of the real disk changes. Thread-safety: one fiber.
#pragma once

#include <optional>
#include <string>

#include <mylonite/faultfs/damage.h>
#include <mylonite/faultfs/sim_file_system.h>
#include <mylonite/store.h>

#include "sim/run/answer_checker.h"
#include "sim/run/observer.h"
#include "sim/run/run_state.h"
#include "sim/run/store_dump.h"
#include "sim/scenario/scenario.h"

namespace mylonite::sim {

class DamageProbe {
 public:
  struct Parts {
    RunState& state;
    const IncarnationPlan& plan;
    AnswerChecker& answers;
    Observer& observer;
  };
  explicit DamageProbe(const Parts& parts) : parts_(parts) {}
  void run();

 private:
  struct Copy {
    faultfs::Disk disk;
    faultfs::SimFileSystem fs;
    explicit Copy(const faultfs::Disk& of) : disk(of), fs(disk) {}
  };
  bool make_copies();
  Result<std::unique_ptr<Store>> open(Copy& copy) const;
  void judge(Store& store, const StoreDump& twin);
  void judge_cut(const StoreDump& found);
  void judge_keys(Store& store, const StoreDump& twin);
  bool is_named_by(const Error& error) const;
  void wrong(const std::string& what);

  const Parts parts_;
  // The simulator's memory; they last until the incarnation ends.
  std::optional<Copy> sound_;
  std::optional<Copy> damaged_;
  std::string path_;  // of the damaged file
  std::string what_;
};

}  // namespace mylonite::sim
