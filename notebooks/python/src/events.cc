#include "notebooks/python/src/events.h"

#include <chrono>
#include <cstddef>

#include "notebooks/python/src/describe.h"
#include "notebooks/python/src/errors.h"
#include "notebooks/python/src/event_queue.h"

namespace mylonite::python {
namespace {

namespace py = pybind11;
using py::literals::operator""_a;

struct Fields {
  py::dict operator()(const RecoveryReport& report) const { return dict_of(report); }
  py::dict operator()(const JobRecord& job) const { return dict_of(job); }
  py::dict operator()(const FlushReport& report) const {
    return py::dict("tables"_a = report.tables, "entries"_a = report.entries, "bytes"_a = report.bytes);
  }
  py::dict operator()(const FailedJob& failed) const {
    py::dict fields = dict_of(failed.job);
    fields["error"] = exception_of(failed.error);
    return fields;
  }
  py::dict operator()(const Error& error) const { return py::dict("error"_a = exception_of(error)); }
  py::dict operator()(const PolicyChange& change) const {
    return py::dict("from"_a = text_of(change.from), "to"_a = text_of(change.to));
  }
  py::dict operator()(const Stall& stall) const {
    return py::dict("cause"_a = text_of(kStallNames[static_cast<std::size_t>(stall.cause)]),
                    "why"_a = text_of(stall.why));
  }
  py::dict operator()(std::monostate) const { return {}; }
  py::dict operator()(const UnusableClock& clock) const { return py::dict("wall_ticks"_a = clock.wall_ticks); }
  py::dict operator()(const Dropped& dropped) const { return py::dict("count"_a = dropped.count); }
};

void tell_unraisable(const py::object& error, const py::object& callback) {
  PyErr_SetObject(py::type::handle_of(error).ptr(), error.ptr());
  PyErr_WriteUnraisable(callback.ptr());
}

}  // namespace

Events::Events() : queue_(std::make_unique<QueuingListener>(), Home()) {}

Events::~Events() = default;

EventListener* Events::listener() const { return &*queue_; }

py::object Events::take() {
  if (queue_.home().is_gone()) return py::none();
  const std::optional<Event> event = [&] {
    const WithoutGil released;
    return queue_->pop();
  }();
  if (!event) return py::none();
  return py::make_tuple(text_of(event->name), std::visit(Fields{}, event->what));
}

void Events::start(const py::object& self, const py::object& callback) {
  py::module_::import("mylonite._events").attr("start")(self, callback);
  started_ = true;
}

void Events::end() {
  if (queue_.home().is_gone()) return;
  const WithoutGil released;
  queue_->end();
}

void Events::finish(Patience patience) {
  end();
  // While the interpreter ends, the thread gets no more turns.
  const bool too_late = py::cast<bool>(py::module_::import("sys").attr("is_finalizing")());
  if (!started_ || too_late || queue_.home().is_gone()) return;
  const WithoutGil released;
  constexpr std::chrono::seconds kAtExit{5};
  queue_->wait_for_end(patience == Patience::kSeconds ? std::optional(kAtExit) : std::nullopt);
}

void add_events(py::module_& module) {
  py::class_<Events, std::shared_ptr<Events>>(module, "_Events", "The events of a store, for its thread.")
      .def("take", &Events::take, "take(self)\n--\n\nThe next (name, fields), or None after the last one.");
  module.def("_tell_unraisable", &tell_unraisable, py::arg("error"), py::arg("callback"),
             "_tell_unraisable(error, callback)\n--\n\nCall sys.unraisablehook.");
}

}  // namespace mylonite::python
