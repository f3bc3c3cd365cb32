#include "core/store/kept_versions.h"

#include <utility>

#include "core/format/internal_key.h"
#include "core/store/read_path.h"

namespace mylonite {
namespace {

class EntriesUpTo final : public InternalIterator {
 public:
  EntriesUpTo(std::shared_ptr<const EngineState> store, std::shared_ptr<const ReadState> state, Timestamp newest)
      : store_(std::move(store)), state_(std::move(state)), newest_(newest), merged_(all_versions(*state_)) {}

  bool valid() const override { return open() && merged_->valid(); }
  void seek_to_first() override {
    if (!open()) return;
    merged_->seek_to_first();
    skip_forward();
  }
  void seek_to_last() override {
    if (!open()) return;
    merged_->seek_to_last();
    skip_backward();
  }
  void seek(std::string_view key) override {
    if (!open()) return;
    merged_->seek(key);
    skip_forward();
  }
  void next() override {
    if (!open()) return;
    merged_->next();
    skip_forward();
  }
  void prev() override {
    if (!open()) return;
    merged_->prev();
    skip_backward();
  }
  std::string_view key() const override { return merged_->key(); }
  std::string_view value() const override { return merged_->value(); }
  Status status() const override {
    if (!open()) return Error(Code::kClosed, "the store is closed");
    return merged_->status();
  }

 private:
  bool open() const { return !store_->closed.load(std::memory_order_acquire); }
  bool hidden() const {
    if (!merged_->valid()) return false;
    const Timestamp at = parse_internal_key(merged_->key()).at;
    return at > newest_ || at <= state_->expired_through;
  }
  void skip_forward() {
    while (hidden()) merged_->next();
  }
  void skip_backward() {
    while (hidden()) merged_->prev();
  }

  const std::shared_ptr<const EngineState> store_;
  const std::shared_ptr<const ReadState> state_;
  const Timestamp newest_;
  const std::unique_ptr<InternalIterator> merged_;
};

}  // namespace

std::unique_ptr<InternalIterator> entries_up_to(std::shared_ptr<const EngineState> store,
                                                std::shared_ptr<const ReadState> state, Timestamp newest) {
  return std::make_unique<EntriesUpTo>(std::move(store), std::move(state), newest);
}

}  // namespace mylonite
