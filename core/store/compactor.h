// The store's compaction threads. After a change they ask the chooser for a job, run it in small steps and commit it.
// Then they remove the files that no version names any longer; readers that hold such files keep reading.
//
// Several jobs run at once, and one thread at a time decides. More jobs than threads may have begun
// (compaction_jobs_max); after each step the scheduler says which of them a thread goes on with.
// Merges that users request precede those of the policy.
// A job that failed for a cause that may pass is tried again, after growing pauses, for as long as the store is open.
// Any other error pauses compaction until the store is reopened. Nothing is lost, and reads and writes go on. close()
// does not wait for a merge: it gives it up, and the next open removes its files.
// Thread-safety: stated at each member. The state's lock is never held during I/O, nor while a policy decides.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <mylonite/stats.h>

#include "core/compaction/chooser.h"
#include "core/compaction/scheduler.h"
#include "core/iter/visible_iterator.h"
#include "core/rt/rt.h"
#include "core/store/engine_state.h"
#include "core/store/merge_task.h"

namespace mylonite {

// A merge that a user requests.
struct MergeRequest {
  using Planner = std::function<std::optional<CompactionJob>(const PolicyView&)>;
  Planner plan;
  rt::CondVar wake;
  bool started = false;
  bool done = false;
  std::optional<Error> error;
};

class Compactor {
 public:
  Compactor(EngineState& state, ConfiguredPolicy policy);
  void join() { threads_.clear(); }  // requires a gate that is closing

  void add_to(StoreStats& stats) const;  // the number of running merges, and why merging is paused

  // Any thread, without the lock. They return when the merge is committed, or when there is nothing to merge.
  Status compact_level(std::uint32_t level);
  Status compact_range(const KeyBounds& bounds);

  // Any thread, without the lock. From its return on the chooser uses the new policy, which the manifest records.
  // `text` is what options() shows of it.
  Status set_policy(ConfiguredPolicy policy, std::string_view text);
  const Options& options() const { return *shown_.load(std::memory_order_acquire); }

 private:
  struct PolicyInForce {
    ConfiguredPolicy configured;
    Options options;  // the store's, with the policy's text
  };
  using Task = std::unique_ptr<MergeTask>;

  static Error closed() { return Error(Code::kClosed, "the store is closed"); }
  void run();
  bool ended() const REQUIRES(state_.mutex) { return state_.gate.closing() || paused_; }
  // The job that goes on or begins; null: none until `wake_ns_`, or until the next change.
  Task next_task(std::uint64_t asks) REQUIRES(state_.mutex);
  Task take_waiting() REQUIRES(state_.mutex);
  // Releases the lock while the chooser decides. Null: as above.
  Task decide() REQUIRES(state_.mutex);
  bool start(MergeTask& task) REQUIRES(state_.mutex);  // false: a snapshot was taken meanwhile, so nothing may expire
  void obey(Level0Rules rules) REQUIRES(state_.mutex);
  void rest(std::uint64_t asks) REQUIRES(state_.mutex);
  void work(Task task) REQUIRES(state_.mutex);  // releases the lock during I/O, as the next three do
  // Empty: the job gives way to others, and is not done.
  Result<std::optional<VersionEdit>> make_tables(MergeTask& task) REQUIRES(state_.mutex);
  Status commit(MergeTask& task, VersionEdit& edit) REQUIRES(state_.mutex);
  Status commit_unlocked(const VersionEdit& edit) REQUIRES(state_.mutex);
  Result<std::optional<VersionEdit>> carry_out(MergeTask& task);
  void count(const MergeTask& task, const VersionEdit& edit);
  void end(const MergeTask& task) REQUIRES(state_.mutex);  // it is no longer running
  void pay(const MergeTask& task) REQUIRES(state_.mutex);  // tells the gate how far the merges have kept pace
  void set_credit() REQUIRES(state_.mutex);
  void end_failed(MergeTask& task, const Error& why) REQUIRES(state_.mutex);
  void failed(MergeTask& task, const Error& why) REQUIRES(state_.mutex);
  void give_up_waiting(const Error& why) REQUIRES(state_.mutex);
  void report_trouble(const Error& why) REQUIRES(state_.mutex);
  void succeeded() REQUIRES(state_.mutex);
  void finish(const std::shared_ptr<MergeRequest>& request, std::optional<Error> error) REQUIRES(state_.mutex);
  void refuse_requests(const Error& why) REQUIRES(state_.mutex);
  Status submit(MergeRequest::Planner plan);
  PolicyView view_of(const Version& version, const std::vector<RunningJob>& running, const PolicyInForce& policy) const
      REQUIRES(state_.mutex);
  // Waits until no thread decides or records policy state, and none may begin to; false: the gate shut meanwhile.
  bool begin_change() REQUIRES(state_.mutex);
  void end_change() REQUIRES(state_.mutex);

  EngineState& state_;
  const Scheduler& scheduler_;
  const std::size_t jobs_max_;                                   // that may have begun
  std::deque<PolicyInForce> policies_ GUARDED_BY(state_.mutex);  // all so far; the last is in force, none changes
  std::atomic<const Options*> shown_;                            // of the last
  std::vector<RunningJob> running_ GUARDED_BY(state_.mutex);
  std::deque<Task> waiting_ GUARDED_BY(state_.mutex);  // of the running jobs, those that gave way
  std::map<std::uint64_t, std::uint64_t> paid_until_ GUARDED_BY(state_.mutex);  // by job, if the scheduler paces
  std::uint64_t answered_ GUARDED_BY(state_.mutex) = 0;  // the change after which the chooser knew no further job
  std::deque<std::shared_ptr<MergeRequest>> requests_ GUARDED_BY(state_.mutex);  // those that are not done
  std::string refused_ GUARDED_BY(state_.mutex);       // Choice::refused of the last choice without a running job
  std::string policy_state_ GUARDED_BY(state_.mutex);  // only the deciding thread writes it, and reads it unlocked
  bool deciding_ GUARDED_BY(state_.mutex) = false;
  bool changing_ GUARDED_BY(state_.mutex) = false;               // the policy; nobody decides meanwhile
  std::uint64_t recording_ GUARDED_BY(state_.mutex) = 0;         // commits under way that record policy state
  rt::CondVar change_step_;                                      // for set_policy: one of the last three changed
  std::uint64_t wake_ns_ GUARDED_BY(state_.mutex) = rt::kNever;  // when to ask the policy again without a change
  std::uint64_t retry_ns_ GUARDED_BY(state_.mutex) = 0;          // no job starts before
  std::uint64_t failures_ GUARDED_BY(state_.mutex) = 0;          // since the last success
  std::optional<Error> trouble_ GUARDED_BY(state_.mutex);        // users heard that nothing is merged for it
  std::optional<Error> paused_ GUARDED_BY(state_.mutex);         // until the store is reopened
  std::vector<rt::Thread> threads_;
};

}  // namespace mylonite
