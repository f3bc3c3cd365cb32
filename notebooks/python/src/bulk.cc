#include "notebooks/python/src/bulk.h"

#include <algorithm>
#include <memory>
#include <vector>

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "notebooks/python/src/arguments.h"
#include "notebooks/python/src/iterator.h"
#include "notebooks/python/src/pairs.h"

namespace mylonite::python {
namespace {

namespace py = pybind11;

constexpr std::size_t kBatchBytesCap = 512 << 20;  // with one more value of any size it is still a legal batch

constexpr std::size_t kFirstPortionPairs = 64;

using Limit = std::optional<std::uint64_t>;  // an argument `limit`, in pairs

// Values of any length, one after the other. The i-th lies at [offsets[i], offsets[i + 1]).
struct Column {
  std::string bytes;
  std::vector<std::uint64_t> offsets = {0};

  void add(std::string_view value) {
    bytes.append(value);
    offsets.push_back(bytes.size());
  }
};

struct Columns {
  Column keys;
  Column values;
};

std::uint64_t put_many(const OpenStore& self, const py::iterable& pairs, Sync sync, std::size_t batch_bytes) {
  const std::size_t enough = std::min(batch_bytes, kBatchBytesCap);
  PairReader reader("put_many", pairs);
  WriteBatch batch;
  const auto write = [&] {
    const Timestamp stamp = self.writing([&](Store& open) { return open.write(batch, {.sync = sync}); });
    batch.clear();
    return stamp.ticks;
  };
  std::uint64_t last = 0;
  bool written = false;
  while (reader.next()) {
    batch.put(reader.key(), reader.value());
    if (batch.payload_bytes() < enough) continue;
    last = write();
    written = true;
  }
  // Of no pairs at all the store answers its newest stamp.
  return batch.count() > 0 || !written ? write() : last;
}

Result<Columns> gather(const Store& store, const KeyBounds& bounds, const ReadOptions& read, Limit limit) {
  const auto cursor = store.session().iterator(bounds, read);
  if (!cursor.ok()) return cursor.error();
  Columns columns;
  std::uint64_t left = limit.value_or(UINT64_MAX);
  if (left > 0) (*cursor)->seek_to_first();
  for (; left > 0 && (*cursor)->valid(); --left) {
    columns.keys.add((*cursor)->key());
    columns.values.add((*cursor)->value());
    (*cursor)->next();
  }
  if (const Status status = (*cursor)->status(); !status.ok()) return status.error();
  return columns;
}

Columns gathered(const OpenStore& self, const KeyBounds& bounds, const AsOf& at, Limit limit) {
  return self.reading([&](Store& open) { return gather(open, bounds, at.read(), limit); });
}

// The array is the owner of the container's bytes; nothing is copied.
template <class Item, class Container>
py::array array_of(Container&& container) {
  auto owned = std::make_unique<std::remove_cvref_t<Container>>(std::forward<Container>(container));
  auto* const kept = owned.get();
  const py::capsule owner(kept, [](void* all) { delete static_cast<std::remove_cvref_t<Container>*>(all); });
  owned.release();
  return py::array(py::dtype::of<Item>(), {static_cast<py::ssize_t>(kept->size())}, kept->data(), owner);
}

void need_numpy() {
  try {
    py::module_::import("numpy");
  } catch (py::error_already_set& error) {
    if (!error.matches(PyExc_ImportError)) throw;
    py::raise_from(error, PyExc_ImportError, "scan_arrays() needs numpy (Debian: python3-numpy); scan() does not");
    throw py::error_already_set();
  }
}

// By portions: the bytes that one has read are still in the processor's cache when they become objects.
py::tuple lists_of(const SharedStore& self, KeyBounds bounds, const AsOf& at, Limit limit) {
  std::uint64_t left = limit.value_or(UINT64_MAX);
  const std::size_t first = std::min<std::uint64_t>(left, kFirstPortionPairs);
  PairIterator pairs(self, {.bounds = std::move(bounds), .read = at.read(), .first_portion = first});
  py::list keys;
  py::list values;
  for (; left > 0; --left) {
    const std::optional<PairIterator::Pair> pair = pairs.take();
    if (!pair) break;
    keys.append(bytes_of(pair->key));
    values.append(bytes_of(pair->value));
  }
  return py::make_tuple(std::move(keys), std::move(values));
}

py::tuple arrays_of(Columns columns) {
  return py::make_tuple(array_of<std::uint8_t>(std::move(columns.keys.bytes)),
                        array_of<std::uint64_t>(std::move(columns.keys.offsets)),
                        array_of<std::uint8_t>(std::move(columns.values.bytes)),
                        array_of<std::uint64_t>(std::move(columns.values.offsets)));
}

}  // namespace

void add_bulk(StoreClass& store) {
  const auto low = py::arg("lo") = py::bytes();
  const auto high = py::arg("hi") = py::none();
  const auto limit = py::arg("limit") = py::none();
  const auto as_of = py::arg("as_of") = py::none();
  store
      .def("put_many", &put_many, py::arg("pairs"), py::kw_only(), py::arg("sync") = py::none(),
           py::arg("batch_bytes") = std::size_t{1} << 20, R"(put_many(self, pairs, *, sync=None, batch_bytes=1 << 20)
--

Write an iterable of (key, value) in any order, and return the last stamp.

It is not atomic as a whole: each batch of about batch_bytes is, in the order of the iterable. After an exception, also
of the iterable, the batches before it stay written. write() and ingest() are all or nothing.)")
      .def(
          "scan",
          [](const SharedStore& self, const BytesLike& from, const MaybeBytes& to, Limit most, const AsOf& at) {
            return lists_of(self, bounds_of(from, to), at, most);
          },
          low, high, py::kw_only(), limit, as_of,
          R"(scan(self, lo=b'', hi=None, *, limit=None, as_of=None)
--

Two lists, the keys with lo <= key < hi and their values, of one moment; at most limit of them, the first ones.

It costs less than range() for each pair, and holds all of them in memory.)")
      .def(
          "scan_arrays",
          [](const OpenStore& self, const BytesLike& from, const MaybeBytes& to, Limit most, const AsOf& at) {
            need_numpy();
            return arrays_of(gathered(self, bounds_of(from, to), at, most));
          },
          low, high, py::kw_only(), limit, as_of,
          R"(scan_arrays(self, lo=b'', hi=None, *, limit=None, as_of=None)
--

What scan() returns as four numpy arrays: keys, key_offsets, values, value_offsets. ImportError without numpy.

keys and values are uint8, all bytes one after the other; the offsets are uint64, one more than there are pairs. Key i
is keys[key_offsets[i]:key_offsets[i + 1]], and values likewise.)");
}

}  // namespace mylonite::python
