#include "notebooks/python/src/open_store.h"

namespace mylonite::python {
namespace {

thread_local const OpenStore* ingesting = nullptr;

}  // namespace

OpenStore::Ingesting::Ingesting(const OpenStore& store) : before_(std::exchange(ingesting, &store)) {}
OpenStore::Ingesting::~Ingesting() { ingesting = before_; }

void OpenStore::refuse_inside_ingest() const {
  if (ingesting != this) return;
  raise(Error(Code::kInvalidArgument,
              "called by the iterable that ingest() reads: it would wait for itself; only reads are possible there"));
}

Owned<Iterator> OpenStore::cursor(const KeyBounds& bounds, const ReadOptions& read) const {
  return making<Iterator>([&](Store& open) { return open.session().iterator(bounds, read); });
}

OpenStore::~OpenStore() {
  store_.drop();
  if (events_) events_->end();
}

void OpenStore::close() {
  if (home().is_gone()) return;
  refuse_inside_ingest();
  closed_.store(true, std::memory_order_release);
  const Status status = home().run([this] { return store_->close(); });
  if (events_) events_->finish();
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
