#include "notebooks/python/src/single.h"

#include <array>

#include "notebooks/python/src/arguments.h"
#include "notebooks/python/src/fast_call.h"
#include "notebooks/python/src/open_store.h"
#include "notebooks/python/src/reads.h"

namespace mylonite::python {
namespace {

namespace py = pybind11;

std::uint64_t write_one(const OpenStore& store, PyObject* key, PyObject* value, Sync sync) {
  const BytesLike at(key);
  const BytesLike bytes(value);
  return store.writing([&](Store& open) { return open.put(at.view(), bytes.view(), {.sync = sync}); }).ticks;
}

std::uint64_t remove_one(const OpenStore& store, PyObject* key, Sync sync) {
  const BytesLike at(key);
  return store.writing([&](Store& open) { return open.remove(at.view(), {.sync = sync}); }).ticks;
}

PyObject* put(PyObject* self, PyObject* const* values, Py_ssize_t positional, PyObject* keywords) {
  static constexpr std::array kNames = {"key", "value", "sync"};
  static constexpr Signature kSignature = {.method = "put", .names = kNames, .required = 2, .positional = 2};
  return guarded([&]() -> PyObject* {
    const Arguments<3> given(kSignature, {values, positional, keywords});
    return PyLong_FromUnsignedLongLong(write_one(object_of<OpenStore>(self), given[0], given[1], sync_of(given[2])));
  });
}

PyObject* remove(PyObject* self, PyObject* const* values, Py_ssize_t positional, PyObject* keywords) {
  static constexpr std::array kNames = {"key", "sync"};
  static constexpr Signature kSignature = {.method = "delete", .names = kNames, .required = 1, .positional = 1};
  return guarded([&]() -> PyObject* {
    const Arguments<2> given(kSignature, {values, positional, keywords});
    return PyLong_FromUnsignedLongLong(remove_one(object_of<OpenStore>(self), given[0], sync_of(given[1])));
  });
}

PyObject* get_one(PyObject* self, PyObject* const* values, Py_ssize_t positional, PyObject* keywords) {
  static constexpr std::array kNames = {"key", "default", "as_of"};
  static constexpr Signature kSignature = {.method = "get", .names = kNames, .required = 1, .positional = 2};
  return guarded([&]() -> PyObject* {
    const Arguments<3> given(kSignature, {values, positional, keywords});
    const ReadOptions read = as_of(given[2]).read();
    py::object found = get(object_of<OpenStore>(self), BytesLike(given[0]), read, {});
    if (found) return found.release().ptr();
    return Py_NewRef(given[1] == nullptr ? Py_None : given[1]);
  });
}

PyObject* subscript(PyObject* self, PyObject* key) {
  return guarded([&] { return get_item(object_of<OpenStore>(self), BytesLike(key), {}).release().ptr(); });
}

// `del store[key]` comes without a value.
int assign(PyObject* self, PyObject* key, PyObject* value) {
  return guarded(
      [&] {
        const OpenStore& store = object_of<OpenStore>(self);
        value == nullptr ? remove_one(store, key, {}) : write_one(store, key, value, {});
        return 0;
      },
      -1);
}

int contains(PyObject* self, PyObject* key) {
  return guarded([&] { return holds(object_of<OpenStore>(self), BytesLike(key), {}) ? 1 : 0; }, -1);
}

}  // namespace

void set_up_single_calls(PyHeapTypeObject* store) {
  static std::array methods = {
      method_of<put>("put", R"(put($self, key, value, *, sync=None)
--

Write one key, and return the stamp of the write.

sync: True: durable on return. False: handed to the operating system. None: as wal_flush_every_write says.)"),
      method_of<remove>("delete", R"(delete($self, key, *, sync=None)
--

Delete one key, present or not, and return the stamp.)"),
      method_of<get_one>("get", R"(get($self, key, default=None, *, as_of=None)
--

The value of a key as bytes, or the default. as_of: a stamp; what was visible then.)"),
      PyMethodDef{},
  };
  store->ht_type.tp_methods = methods.data();
  store->as_mapping.mp_subscript = &subscript;
  store->as_mapping.mp_ass_subscript = &assign;
  store->as_sequence.sq_contains = &contains;
}

}  // namespace mylonite::python
