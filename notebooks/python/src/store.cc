#include "notebooks/python/src/store.h"

#include <pybind11/stl.h>

#include "notebooks/python/src/arguments.h"
#include "notebooks/python/src/batch.h"
#include "notebooks/python/src/bulk.h"
#include "notebooks/python/src/cursor.h"
#include "notebooks/python/src/ingest.h"
#include "notebooks/python/src/iterator.h"
#include "notebooks/python/src/options.h"
#include "notebooks/python/src/reads.h"
#include "notebooks/python/src/single.h"
#include "notebooks/python/src/snapshot.h"

namespace mylonite::python {
namespace {

namespace py = pybind11;

py::object opened(const py::object& path, const py::object& on_event, const py::kwargs& keywords, bool read_only) {
  if (!on_event.is_none() && PyCallable_Check(on_event.ptr()) == 0) throw py::type_error("on_event is not callable");
  const Options options = options_of(path_of(path), keywords);
  const auto events = on_event.is_none() ? nullptr : std::make_shared<Events>();
  auto store = [&] {
    const WithoutGil released;
    EventListener* const listener = events ? events->listener() : nullptr;
    return read_only ? Store::open_read_only(options, listener) : Store::open(options, listener);
  }();
  py::object made =
      py::cast(std::make_shared<OpenStore>(value_of(std::move(store)), Home(), path_of(path), read_only, events));
  if (events) events->start(py::cast(events), on_event);
  py::module_::import("mylonite._lifetime").attr("remember")(made);
  return made;
}

void destroy(const py::object& path) {
  const Options options = options_of(path_of(path), {});
  value_of([&] {
    const WithoutGil released;
    return Store::destroy(options);
  }());
}

std::uint64_t remove_range(const OpenStore& self, const BytesLike& low, const MaybeBytes& high, Sync sync) {
  return self.writing([&](Store& open) { return open.remove_range(low.view(), high.view(), {.sync = sync}); }).ticks;
}

std::uint64_t write(const OpenStore& self, Batch& batch, Sync sync) {
  const Batch::Writing writing(batch);
  return self.writing([&](Store& open) { return open.write(batch.operations(), {.sync = sync}); }).ticks;
}

std::unique_ptr<PairIterator> scan(const SharedStore& self, PairIterator::Wish wish) {
  return std::make_unique<PairIterator>(self, std::move(wish));
}

void add_opening(StoreClass& store) {
  const py::kw_only named;
  const auto on_event = py::arg("on_event") = py::none();
  store
      .def_static(
          "open",
          [](const py::object& path, const py::object& callback, const py::kwargs& options) {
            return opened(path, callback, options, false);
          },
          py::arg("path"), named, on_event, R"(open(path, *, on_event=None, **options)
--

Open the store in a directory, which is created if it is absent; its parent must exist.

Every option of the README's table is a keyword: memtable_max_bytes=1 << 20, compression='zstd'.

on_event: called as on_event(name, fields) on a thread of the store's own, in order: 'recovery', 'flush',
'flush_failed', 'log_given_up', 'compaction_begin', 'compaction', 'compaction_failed', 'compaction_paused',
'compaction_resumed', 'policy_changed', 'write_stall', 'clock_unusable', 'writes_stopped', 'writes_resumed'. fields
is a dict. An exception of it goes to sys.unraisablehook. Up to 4,096 events wait for it; 'dropped' tells how many more
there were. close() returns when it has been told all. A callback that refers to the store keeps it open until
close().)")
      .def_static(
          "open_read_only",
          [](const py::object& path, const py::object& callback, const py::kwargs& options) {
            return opened(path, callback, options, true);
          },
          py::arg("path"), named, on_event, R"(open_read_only(path, *, on_event=None, **options)
--

Open a store for reading: nothing in its directory changes, and nobody may have it open for writing.)")
      .def("close", &OpenStore::close, R"(close(self)
--

Close the store; what was acknowledged is durable on return, and events are told. Later calls raise ClosedError.)")
      .def("_close_at_exit", &OpenStore::close_at_exit, "_close_at_exit(self)\n--\n\nFor mylonite._lifetime.")
      .def("__enter__", [](py::object self) { return self; })
      .def("__exit__", [](OpenStore& self, const py::args&) { self.close(); })
      .def("__repr__", [](const OpenStore& self) {
        const std::string state = self.died()        ? "gone with its machine's process"
                                  : self.closed()    ? "closed"
                                  : self.read_only() ? "open, read-only"
                                                     : "open";
        return text_of("<mylonite.Store '" + self.path() + "', " + state + ">");
      });
}

void add_writes(StoreClass& store) {
  const auto sync = py::arg("sync") = py::none();
  store
      .def("delete_range", &remove_range, py::arg("lo"), py::arg("hi") = py::none(), py::kw_only(), sync,
           R"(delete_range(self, lo, hi=None, *, sync=None)
--

Delete every key in [lo, hi), or from lo on, at the cost of one write; return the stamp.)")
      .def("write", &write, py::arg("batch"), py::kw_only(), sync, R"(write(self, batch, *, sync=None)
--

Write a Batch, all or nothing, and return its one stamp.)")
      .def(
          "ingest", [](const OpenStore& self, const py::iterable& pairs) { return ingest(self, pairs).ticks; },
          py::arg("pairs"),
          R"(ingest(self, pairs)
--

Bulk load: an iterable of (key, value), keys strictly ascending, becomes visible as one write; return its stamp.

Other writers wait until the iterable ends. An exception of the iterable comes out as it is, and nothing was loaded.
The iterable may read the store, and nothing else of it.)");
}

void add_reads(StoreClass& store) {
  const auto as_of = py::arg("as_of") = py::none();
  const auto low = py::arg("lo") = py::bytes();
  const auto high = py::arg("hi") = py::none();
  const auto reverse = py::arg("reverse") = false;
  store
      .def(
          "multi_get",
          [](const OpenStore& self, const py::iterable& wanted, const AsOf& at) {
            return multi_get(self, wanted, at.read());
          },
          py::arg("keys"), py::kw_only(), as_of, R"(multi_get(self, keys, *, as_of=None)
--

A list of the values at one moment, in the order of the keys; None where a key is absent.)")
      .def(
          "range",
          [](const SharedStore& self, const BytesLike& from, const MaybeBytes& to, bool backwards, const AsOf& at) {
            return scan(self, {.bounds = bounds_of(from, to), .read = at.read(), .reverse = backwards});
          },
          low, high, py::kw_only(), reverse, as_of,
          R"(range(self, lo=b'', hi=None, *, reverse=False, as_of=None)
--

An iterator of the pairs (key, value) with lo <= key < hi at one moment, in order of keys or in reverse.)")
      .def(
          "keys",
          [](const SharedStore& self, const BytesLike& from, const MaybeBytes& to, bool backwards, const AsOf& at) {
            return scan(self,
                        {.bounds = bounds_of(from, to), .read = at.read(), .reverse = backwards, .values = false});
          },
          low, high, py::kw_only(), reverse, as_of,
          R"(keys(self, lo=b'', hi=None, *, reverse=False, as_of=None)
--

An iterator like that of range(), of the keys alone.)")
      .def(
          "cursor",
          [](const SharedStore& self, const BytesLike& from, const MaybeBytes& to, const AsOf& at) {
            return std::make_unique<Cursor>(self, bounds_of(from, to), at.read());
          },
          low, high, py::kw_only(), as_of, R"(cursor(self, lo=b'', hi=None, *, as_of=None)
--

A Cursor over the keys with lo <= key < hi at one moment: it seeks, and steps both ways.)")
      .def(
          "snapshot", [](const SharedStore& self) { return std::make_unique<HeldSnapshot>(self); },
          R"(snapshot(self)
--

Hold this moment: `with store.snapshot() as then: then.get(key)`.)")
      .def("__iter__", [](const SharedStore& self) { return scan(self, {.values = false}); });
}

}  // namespace

void add_store(py::module_& module) {
  StoreClass store(module, "Store", R"(An open store: keys and values of any bytes, in order of keys.

Made by Store.open() and Store.open_read_only(). Any bytes-like object is a key or value; answers are bytes. Every
method may be called from any thread, and lets other threads run while it waits. Errors are mylonite.Error.

    with Store.open('my-data') as store:
        store[b'key'] = b'value'
        for key, value in store.range(b'a', b'z'):
            print(key, value))",
                   py::custom_type_setup(&set_up_single_calls));
  add_opening(store);
  add_writes(store);
  add_reads(store);
  add_bulk(store);
  add_upkeep(store);
  module.def(
      "check_options", [](const py::kwargs& options) { static_cast<void>(options_of("data", options)); },
      R"(check_options(**options)
--

Raise what Store.open() would raise of these options, and touch nothing.)");
  module.def("destroy", &destroy, py::arg("path"), R"(destroy(path)
--

Remove a store's files, and its directory if nothing else is in it. LockedError where it is open.)");
}

}  // namespace mylonite::python
