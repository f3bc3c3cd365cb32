// Arguments as the engine takes them: bytes-like objects, stamps, paths; and bytes as answers.
//
// The views stay good without the interpreter's lock. The caller of a method holds its arguments, so `bytes` are read
// where they are. Anything that might change meanwhile (bytearray, memoryview, arrays) is copied first.
// Thread-safety: values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <mylonite/key_bounds.h>
#include <mylonite/snapshot.h>
#include <mylonite/write_batch.h>
#include <pybind11/pybind11.h>

namespace mylonite::python {

class BytesLike {
 public:
  BytesLike() = default;
  explicit BytesLike(pybind11::handle source);  // raises TypeError, or what the object's buffer raises

  // Of `bytes`: good as long as the object is held.
  std::string_view view() const { return copy_ ? std::string_view(*copy_) : borrowed_; }

 private:
  std::string_view borrowed_;
  std::optional<std::string> copy_;
};

// An argument `hi`, which may be None.
struct MaybeBytes {
  std::optional<BytesLike> bytes;
  std::optional<std::string_view> view() const;
};

// An argument `as_of`, which may be None.
struct AsOf {
  std::optional<Timestamp> stamp;
  ReadOptions read() const { return {.as_of = stamp}; }
};

using Sync = std::optional<bool>;  // an argument `sync`

// Null: not given.
Sync sync_of(PyObject* given);
AsOf as_of(PyObject* given);

KeyBounds bounds_of(const BytesLike& low, const MaybeBytes& high);
std::string path_of(pybind11::handle path);  // str, bytes or os.PathLike
pybind11::bytes bytes_of(std::string_view bytes);

}  // namespace mylonite::python

namespace pybind11::detail {

template <>
struct type_caster<mylonite::python::BytesLike> {
  PYBIND11_TYPE_CASTER(mylonite::python::BytesLike, const_name("bytes-like"));
  bool load(handle source, bool) {
    value = mylonite::python::BytesLike(source);
    return true;
  }
};

template <>
struct type_caster<mylonite::python::MaybeBytes> {
  PYBIND11_TYPE_CASTER(mylonite::python::MaybeBytes, const_name("bytes-like | None"));
  bool load(handle source, bool) {
    if (!source.is_none()) value.bytes.emplace(source);
    return true;
  }
};

template <>
struct type_caster<mylonite::python::AsOf> {
  PYBIND11_TYPE_CASTER(mylonite::python::AsOf, const_name("int | None"));
  bool load(handle source, bool) {
    value = mylonite::python::as_of(source.ptr());
    return true;
  }
};

}  // namespace pybind11::detail
