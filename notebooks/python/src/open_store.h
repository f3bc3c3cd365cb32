// An open store as Python objects share it: the Store object, its iterators and its snapshots.
//
// The store is closed by close(), or when the last of them is gone. Every call goes through reading(), writing(),
// telling() or making(): they refuse what cannot work, let go of the interpreter's lock, and raise the engine's error.
// Thread-safety: any thread that holds the interpreter's lock.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include <mylonite/store.h>
#include <pybind11/pybind11.h>

#include "notebooks/python/src/errors.h"
#include "notebooks/python/src/events.h"
#include "notebooks/python/src/home.h"

namespace mylonite::python {

class OpenStore {
 public:
  // `events` has the store's listener; null: nobody listens.
  OpenStore(std::unique_ptr<Store> store, Home home, std::string path, bool read_only, std::shared_ptr<Events> events)
      : path_(std::move(path)),
        read_only_(read_only),
        events_(std::move(events)),
        store_(std::move(store), std::move(home)) {}
  ~OpenStore();
  OpenStore(const OpenStore&) = delete;
  OpenStore& operator=(const OpenStore&) = delete;

  const Home& home() const { return store_.home(); }
  template <class Call>
  auto reading(const Call& call) const {
    return value_of(home().run([&] { return call(*store_); }));
  }
  // For all that might wait for a running ingest.
  template <class Call>
  auto writing(const Call& call) const {
    refuse_inside_ingest();
    return reading(call);
  }
  // For facts: what has no error, and may still wait for a lock.
  template <class Call>
  auto telling(const Call& call) const {
    return home().run([&] { return call(std::as_const(*store_)); });
  }
  // For what the engine makes: the call returns a Result<std::unique_ptr<T>>.
  template <class T, class Call>
  Owned<T> making(const Call& call) const {
    T* const made = reading([&](Store& open) -> Result<T*> {
      auto answer = call(open);
      if (!answer.ok()) return answer.error();
      return answer->release();
    });
    return Owned<T>(std::unique_ptr<T>(made), home());
  }
  Owned<Iterator> cursor(const KeyBounds& bounds, const ReadOptions& read) const;
  void close();  // delivers the events that are left
  void abandon();
  const std::string& path() const { return path_; }
  bool read_only() const { return read_only_; }
  bool died() const { return home().simulated() && home().is_gone(); }
  bool closed() const { return closed_.load(std::memory_order_acquire); }

  // At the interpreter's end: close() without a wait for Python code that may never go on. A running ingest gets five
  // seconds to end; then its store is left as a kill of the process leaves it. Events are told for as long at most.
  void close_at_exit();

  // This thread's ingest while one lives: its source runs the user's code, which must not wait for the ingest's end.
  class Ingesting {
   public:
    explicit Ingesting(const OpenStore& store);
    ~Ingesting();
    Ingesting(const Ingesting&) = delete;
    Ingesting& operator=(const Ingesting&) = delete;

   private:
    friend class OpenStore;
    const OpenStore& store_;
    const Ingesting* before_;  // of this thread, around it
  };

 private:
  void refuse_inside_ingest() const;
  void close_and_tell(Events::Patience patience);

  const std::string path_;
  const bool read_only_;
  std::atomic<bool> closed_ = false;
  mutable std::atomic<int> ingests_ = 0;
  const std::shared_ptr<Events> events_;  // outlives the store
  Owned<Store> store_;
};
using SharedStore = std::shared_ptr<OpenStore>;

}  // namespace mylonite::python
