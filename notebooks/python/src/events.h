// The events of a store on their way to a Python callback.
//
// The engine tells a listener, which queues them and does nothing else: it never takes the interpreter's lock. A Python
// thread of the store (mylonite/_events.py) takes them out, in order. At most 4,096 wait. Where more come, the newest
// are dropped, and an event "dropped" with their count stands in their place.
// Thread-safety: any thread, with the interpreter's lock; the listener from any thread, without it.
#pragma once

#include <cstdint>
#include <memory>

#include <mylonite/events.h>
#include <pybind11/pybind11.h>

#include "notebooks/python/src/home.h"

namespace mylonite::python {

class QueuingListener;

class Events {
 public:
  Events();
  ~Events();
  Events(const Events&) = delete;
  Events& operator=(const Events&) = delete;

  EventListener* listener() const;
  // The next event as a tuple (name, fields); None after the last one, and in a forked child. Waits.
  pybind11::object take();
  void start(const pybind11::object& self, const pybind11::object& callback);  // the thread that delivers
  enum class Patience : std::uint8_t { kUntilAllIsTold, kSeconds };
  void end();  // no event comes any more; the thread ends after the last one
  // Likewise, and waits for that end, unless the callback itself is the caller.
  void finish(Patience patience = Patience::kUntilAllIsTold);

 private:
  Owned<QueuingListener> queue_;
  bool started_ = false;
};

void add_events(pybind11::module_& module);

}  // namespace mylonite::python
