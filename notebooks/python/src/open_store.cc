#include "notebooks/python/src/open_store.h"

#include <chrono>
#include <thread>

namespace mylonite::python {
namespace {

thread_local const OpenStore::Ingesting* innermost = nullptr;

}  // namespace

OpenStore::Ingesting::Ingesting(const OpenStore& store) : store_(store), before_(std::exchange(innermost, this)) {
  store_.ingests_.fetch_add(1);
}

OpenStore::Ingesting::~Ingesting() {
  store_.ingests_.fetch_sub(1);
  innermost = before_;
}

void OpenStore::refuse_inside_ingest() const {
  const Ingesting* ingest = innermost;
  while (ingest != nullptr && &ingest->store_ != this) ingest = ingest->before_;
  if (ingest == nullptr) return;
  raise(Error(Code::kInvalidArgument,
              "called by the iterable that ingest() reads: it would wait for itself; only reads are possible there"));
}

Owned<Iterator> OpenStore::cursor(const KeyBounds& bounds, const ReadOptions& read) const {
  return making<Iterator>([&](Store& open) { return open.session().iterator(bounds, read); });
}

OpenStore::~OpenStore() {
  if (!home().simulated()) store_.drop();
  if (events_) events_->end();
}

void OpenStore::close() { close_and_tell(Events::Patience::kUntilAllIsTold); }

void OpenStore::close_at_exit() {
  constexpr std::chrono::milliseconds kTurn{50};
  constexpr int kTurns = 100;
  if (home().is_gone()) return;
  closed_.store(true, std::memory_order_release);  // a running ingest ends at its next pair
  for (int turn = 0; turn < kTurns && ingests_.load() > 0; ++turn) {
    const WithoutGil released;
    std::this_thread::sleep_for(kTurn);
  }
  if (ingests_.load() == 0) close_and_tell(Events::Patience::kSeconds);
}

void OpenStore::close_and_tell(Events::Patience patience) {
  if (home().is_gone()) return;
  refuse_inside_ingest();
  closed_.store(true, std::memory_order_release);
  const Status status = home().run([this] { return store_->close(); });
  if (events_) events_->finish(patience);
  value_of(status);
}

void OpenStore::abandon() {
  writing([this](Store& store) {
    closed_.store(true, std::memory_order_release);
    store.abandon();
    return Status();
  });
  if (events_) events_->finish();
}

}  // namespace mylonite::python
