// The store's compaction threads: ask the chooser when something has changed, run its job in small steps, commit, and
// remove the files that are no longer named (readers that hold them keep reading). Several jobs run at once; one thread
// at a time decides. Merges that users ask for go before those of the policy.
//
// An error that a retry may cure is tried again a few times; any other pauses compaction until the store is reopened:
// nothing is lost, and reads and writes go on. (If it was the manifest that failed, the next flush finds that out and
// stops the writes.) close() does not wait for a merge: it is given up, and the next open removes what it left.
// Thread-safety: as said at each member. The state's lock is never held over I/O, nor while a policy thinks.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/compaction/chooser.h"
#include "core/compaction/job.h"
#include "core/iter/visible_iterator.h"
#include "core/rt/rt.h"
#include "core/store/shared_state.h"

namespace mylonite {

class Compactor {
 public:
  Compactor(SharedState& state, ConfiguredPolicy policy);
  void join() { threads_.clear(); }  // requires state.closing

  // With the state's lock held: what writers should do (nothing while merging is paused); what stats() tells.
  Pressure pressure() const;
  std::size_t running() const { return running_.size(); }
  std::string paused() const { return paused_ ? paused_->to_string() : std::string(); }

  // Any thread, without the lock; return when the merge is in force, or there is nothing to merge.
  Status compact_level(std::uint32_t level);
  Status compact_range(const KeyBounds& bounds);

 private:
  using Planner = std::function<std::optional<CompactionJob>(const PolicyView&)>;
  struct Request {
    Planner plan;
    rt::CondVar wake;
    bool started = false;
    bool done = false;
    std::optional<Error> error;
  };
  struct Task {
    JobPlan plan;
    JobRecord record;
    RunningJob running;                // moved into running_ when the task starts
    std::shared_ptr<Request> request;  // null: the policy's
  };

  void run();
  bool ended() const { return state_.closing || state_.stopped || paused_; }
  // Releases the lock while it thinks. Empty: nothing to do before `wake_ns_`, or it must be asked again at once.
  std::optional<Task> decide(rt::Lock& lock);
  Task plan_task(const std::shared_ptr<const Version>& version, CompactionJob job, const PolicyView& view) const;
  void rest(rt::Lock& lock, std::uint64_t asks);
  void work(rt::Lock& lock, Task& task);
  Result<VersionEdit> carry_out(Task& task, const RunTarget& target);
  void count(const JobRecord& record);
  void failed(Task& task, const Error& why);
  void pause(const Error& why);
  void finish(const std::shared_ptr<Request>& request, std::optional<Error> error);
  void refuse_requests(const Error& why);
  Status submit(Planner plan);
  PolicyView view_of(const Version& version, const std::vector<RunningJob>& running) const;

  SharedState& state_;
  const ConfiguredPolicy policy_;
  // Guarded by the state's lock; policy_state_ is written by the deciding thread alone.
  std::vector<RunningJob> running_;
  std::deque<std::shared_ptr<Request>> requests_;  // those that are not done
  std::string policy_state_;
  PressureLimits pressure_limits_;  // as the policy said when it last ranked
  bool deciding_ = false;
  std::uint64_t wake_ns_ = rt::kNever;  // ask the policy again then although nothing changes
  std::uint64_t retry_ns_ = 0;          // nothing starts before
  std::uint64_t failures_ = 0;          // since the last success
  std::optional<Error> paused_;
  std::vector<rt::Thread> threads_;
};

}  // namespace mylonite
