#include "notebooks/python/src/iterator.h"

#include <algorithm>

#include "notebooks/python/src/arguments.h"
#include "notebooks/python/src/fast_call.h"
#include "notebooks/python/src/stepping.h"

namespace mylonite::python {
namespace {

namespace py = pybind11;

constexpr std::size_t kPortionPairs = 512;
constexpr std::size_t kPortionBytes = 256 << 10;

}  // namespace

PairIterator::PairIterator(SharedStore store, Wish wish)
    : store_(std::move(store)),
      wish_(std::move(wish)),
      cursor_(store_->cursor(wish_.bounds, wish_.read)),
      wanted_(wish_.first_portion) {}

std::optional<PairIterator::Pair> PairIterator::take() {
  if (stepping_) throw py::value_error("another thread is stepping this iterator");
  if (at_pair_ == portion_.sizes.size() && !refill()) return std::nullopt;
  // What was read before a close is not handed out after it.
  if (store_->closed()) raise(Error(Code::kClosed, "the store is closed"));
  const Sizes size = portion_.sizes[at_pair_++];
  const std::string_view pair = std::string_view(portion_.bytes).substr(at_byte_, size.key + size.value);
  at_byte_ += pair.size();
  return Pair{.key = pair.substr(0, size.key), .value = pair.substr(size.key)};
}

bool PairIterator::refill() {
  cursor_.home().refuse();
  if (!cursor_) return false;
  Result<Portion> portion = [&] {
    const Stepping stepping(stepping_);
    return cursor_.home().run([this] { return step(); });
  }();
  if (!portion.ok() || portion->sizes.empty()) close();
  portion_ = value_of(std::move(portion));
  at_pair_ = at_byte_ = 0;
  return !portion_.sizes.empty();
}

Result<PairIterator::Portion> PairIterator::step() {
  Portion portion;
  portion.bytes.reserve(portion_.bytes.size());
  portion.sizes.reserve(wanted_);
  if (!placed_) {
    wish_.reverse ? cursor_->seek_to_last() : cursor_->seek_to_first();
    placed_ = true;
  }
  while (cursor_->valid() && portion.sizes.size() < wanted_ && portion.bytes.size() < kPortionBytes) {
    const std::string_view key = cursor_->key();
    const std::string_view value = wish_.values ? cursor_->value() : std::string_view();
    portion.bytes.append(key).append(value);
    portion.sizes.push_back({.key = key.size(), .value = value.size()});
    wish_.reverse ? cursor_->prev() : cursor_->next();
  }
  wanted_ = std::min(2 * wanted_, kPortionPairs);
  if (const Status status = cursor_->status(); !status.ok()) return status.error();
  return portion;
}

void PairIterator::close() {
  if (stepping_) throw py::value_error("another thread is stepping this iterator");
  cursor_.drop();
  portion_ = {};
  at_pair_ = 0;
}

namespace {

// Null without an exception set: the end.
PyObject* next(PyObject* self) {
  return guarded([self]() -> PyObject* {
    PairIterator& pairs = object_of<PairIterator>(self);
    const std::optional<PairIterator::Pair> pair = pairs.take();
    if (!pair) return nullptr;
    if (!pairs.with_values()) return bytes_of(pair->key).release().ptr();
    py::bytes key = bytes_of(pair->key);
    py::bytes value = bytes_of(pair->value);
    PyObject* const both = PyTuple_New(2);
    if (both == nullptr) throw py::error_already_set();
    PyTuple_SET_ITEM(both, 0, key.release().ptr());
    PyTuple_SET_ITEM(both, 1, value.release().ptr());
    return both;
  });
}

void set_up(PyHeapTypeObject* iterator) {
  iterator->ht_type.tp_iter = &PyObject_SelfIter;
  iterator->ht_type.tp_iternext = &next;
}

}  // namespace

void add_iterator(py::module_& module) {
  py::class_<PairIterator>(module, "Iterator",
                           R"(What Store.range() and Store.keys() return: reads one moment, forwards or backwards.

It pins what it reads until its end, close(), or its own end of life. It keeps the store open, unless that is closed.)",
                           py::custom_type_setup(&set_up))
      .def("close", &PairIterator::close, "close(self)\n--\n\nLet go of what it pins. It is at its end then.");
}

}  // namespace mylonite::python
