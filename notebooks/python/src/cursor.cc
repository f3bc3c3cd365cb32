#include "notebooks/python/src/cursor.h"

#include "notebooks/python/src/arguments.h"
#include "notebooks/python/src/stepping.h"

namespace mylonite::python {

namespace py = pybind11;

Cursor::Cursor(SharedStore store, const KeyBounds& bounds, const ReadOptions& read)
    : store_(std::move(store)), cursor_(store_->cursor(bounds, read)) {}

void Cursor::refuse() const {
  cursor_.home().refuse();  // first: the mover may be a thread of the parent
  if (stepping_) throw py::value_error("another thread is moving this cursor");
}

const Iterator& Cursor::standing() const {
  refuse();
  if (store_->closed()) raise(Error(Code::kClosed, "the store is closed"));
  if (!cursor_) throw py::value_error("the cursor is closed");
  if (!cursor_->valid())
    throw py::value_error("the cursor stands on no pair: seek first, seek_to_last() where the key is past the end");
  return *cursor_;
}

template <class Move>
bool Cursor::moved(const Move& move) {
  refuse();
  if (!cursor_) throw py::value_error("the cursor is closed");
  bool stands = false;
  const Status status = [&] {
    const Stepping stepping(stepping_);
    return cursor_.home().run([&] {
      move(*cursor_);
      stands = cursor_->valid();
      return cursor_->status();
    });
  }();
  if (!status.ok()) raise(status.error());
  return stands;
}

bool Cursor::seek(std::string_view key) {
  return moved([&](Iterator& cursor) { cursor.seek(key); });
}

bool Cursor::seek_to_first() {
  return moved([](Iterator& cursor) { cursor.seek_to_first(); });
}

bool Cursor::seek_to_last() {
  return moved([](Iterator& cursor) { cursor.seek_to_last(); });
}

// The store may be closed by another thread after standing(): the engine's cursor must not step then.
bool Cursor::next() {
  standing();
  return moved([](Iterator& cursor) {
    if (cursor.valid()) cursor.next();
  });
}

bool Cursor::prev() {
  standing();
  return moved([](Iterator& cursor) {
    if (cursor.valid()) cursor.prev();
  });
}

bool Cursor::valid() const {
  refuse();
  return cursor_ && cursor_->valid();
}

py::bytes Cursor::key() const { return bytes_of(standing().key()); }

py::bytes Cursor::value() const { return bytes_of(standing().value()); }

void Cursor::close() {
  if (stepping_ && !cursor_.home().is_gone()) throw py::value_error("another thread is moving this cursor");
  cursor_.drop();
}

void add_cursor(py::module_& module) {
  py::class_<Cursor>(module, "Cursor", R"(What Store.cursor() returns: seeks, and steps both ways, at one moment.

A new one stands on no pair: seek first. Seeks and steps return whether it stands on a pair then.

    with store.cursor() as cursor:
        standing = cursor.seek(b'm')
        while standing:
            print(cursor.key, cursor.value)
            standing = cursor.next()

It pins what it reads until close(), or its own end of life. It keeps the store open, unless that is closed.)")
      .def(
          "seek", [](Cursor& self, const BytesLike& key) { return self.seek(key.view()); }, py::arg("key"),
          "seek(self, key)\n--\n\nGo to the first key at or after this one.")
      .def("seek_to_first", &Cursor::seek_to_first, "seek_to_first(self)\n--\n\nGo to the first key of the range.")
      .def("seek_to_last", &Cursor::seek_to_last, "seek_to_last(self)\n--\n\nGo to the last key of the range.")
      .def("next", &Cursor::next, "next(self)\n--\n\nGo to the next key; ValueError where it stands on no pair.")
      .def("prev", &Cursor::prev, "prev(self)\n--\n\nGo to the key before; ValueError where it stands on no pair.")
      .def_property_readonly("valid", &Cursor::valid, "Whether it stands on a pair.")
      .def_property_readonly("key", &Cursor::key, "The key it stands on; ValueError where there is none.")
      .def_property_readonly("value", &Cursor::value, "The value it stands on; ValueError where there is none.")
      .def("close", &Cursor::close, "close(self)\n--\n\nLet go of what it pins. Seeks raise ValueError then.")
      .def("__enter__", [](py::object self) { return self; })
      .def("__exit__", [](Cursor& self, const py::args&) { self.close(); });
}

}  // namespace mylonite::python
