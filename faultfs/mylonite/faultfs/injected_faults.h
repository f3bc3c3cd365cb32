// An interceptor that lets an injector decide which calls of a SimFileSystem fail, and records the faults.
//
//   Disk disk;
//   InjectedFaults faults(inject(Fault::kIoError, nth(3, calls({CallKind::kSync}))));
//   SimFileSystem fs(disk, &faults);   // its 3rd sync fails
//
// Invariants: struck() lists the faults in the order of the calls; replay() of that list repeats them in a run that
// makes the same calls. Calls are counted from the start, whichever injector is set.
// Thread-safety: one thread, or fibers of one scheduler.
#pragma once

#include <utility>
#include <vector>

#include <mylonite/faultfs/injector.h>
#include <mylonite/faultfs/interceptor.h>

namespace mylonite::faultfs {

class InjectedFaults final : public Interceptor {
 public:
  // Without a classifier every path has the role "file".
  explicit InjectedFaults(
      Injector injector = nothing(), RoleOf role_of = [](std::string_view) { return "file"; })
      : injector_(std::move(injector)), paths_(std::move(role_of)) {}

  Verdict before(const Call& call) override;
  void after(const Call&, const CallResult&) override {}

  void set(Injector injector) { injector_ = std::move(injector); }  // from the next call on
  void stop() { set(nothing()); }

  const std::string& text() const { return injector_.text; }
  const std::vector<PlacedFault>& struck() const { return struck_; }

 private:
  Injector injector_;
  PathCache paths_;
  std::vector<PlacedFault> struck_;
};

}  // namespace mylonite::faultfs
