// What users ask of the compactor: merges of a level or a range, and another policy.
#include <algorithm>
#include <utility>

#include "core/compaction/manual.h"
#include "core/store/compactor.h"

namespace mylonite {

void Compactor::finish(const std::shared_ptr<MergeRequest>& request, std::optional<Error> error) {
  std::erase(requests_, request);
  request->error = std::move(error);
  request->done = true;
  request->wake.notify_all();
  state_.note_change();
}

void Compactor::refuse_requests(const Error& why) {
  const std::deque<std::shared_ptr<MergeRequest>> all = requests_;
  for (const auto& request : all) {
    if (!request->started) finish(request, why);
  }
}

Status Compactor::compact_level(std::uint32_t level) {
  return submit([level](const PolicyView& view) { return compact_level_job(view, level); });
}

Status Compactor::compact_range(const KeyBounds& bounds) {
  return submit([bounds](const PolicyView& view) {
    return compact_range_job(view, bounds.low,
                             bounds.high ? std::optional<std::string_view>(*bounds.high) : std::nullopt);
  });
}

bool Compactor::begin_change() {
  while (changing_) change_step_.wait(state_.mutex);
  changing_ = true;
  while (deciding_ || recording_ > 0) change_step_.wait(state_.mutex);
  return !state_.gate.closing();
}

void Compactor::end_change() {
  changing_ = false;
  change_step_.notify_all();
  state_.note_change();
  state_.merge_work.notify_all();
}

Status Compactor::set_policy(ConfiguredPolicy policy, std::string_view text) {
  const rt::Lock lock(state_.mutex);
  if (state_.gate.closing()) return closed();
  const Caller caller(state_);
  if (!begin_change()) {
    end_change();
    return closed();
  }
  PolicyInForce next{.configured = std::move(policy), .options = state_.options};
  next.options.compaction_policy = text;
  // State is a policy's own: the new one begins without.
  policy_state_.clear();
  const auto version = state_.catalog->version();
  const std::vector<RunningJob> running = running_;
  const PolicyView view = view_of(*version, running, next);
  Level0Rules rules;
  Status done;
  {
    // Safe: while changing_ is set, no thread decides, and no other commit records a policy.
    const rt::Unlocked unlocked(state_.mutex);
    rules = level0_rules(next.configured, view);
    done = state_.catalog->commit(
        {.policy = PolicyState{
             .policy = next.configured.text, .version = next.configured.policy.state_version, .state = {}}});
  }
  if (done.ok()) {
    const std::string from = policies_.back().configured.text;
    policies_.push_back(std::move(next));
    state_.catalog->environment().reads.on = policies_.back().configured.policy.counts_reads;
    shown_.store(&policies_.back().options, std::memory_order_release);
    obey(std::move(rules));
    state_.publish();  // weighs the pressure by the new limits
    state_.progress.notify_all();
    state_.listener.on_policy_changed(from, policies_.back().configured.text);
  }
  end_change();
  return done;
}

Status Compactor::submit(MergeRequest::Planner plan) {
  const rt::Lock lock(state_.mutex);
  if (state_.gate.closing()) return closed();
  if (paused_) return paused_->prefixed("merging is paused until the store is reopened");
  const Caller caller(state_);
  const auto request = std::make_shared<MergeRequest>();
  request->plan = std::move(plan);
  requests_.push_back(request);
  state_.note_change();
  while (!request->done) request->wake.wait(state_.mutex);
  if (request->error) return *request->error;
  return {};
}

}  // namespace mylonite
