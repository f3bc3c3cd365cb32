// Errors as exceptions: each code of the engine is a class of mylonite._errors.
//
// Requires the interpreter's lock everywhere. Thread-safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <mylonite/status.h>
#include <pybind11/pybind11.h>

namespace mylonite::python {

pybind11::object exception_of(const Error& error);
[[noreturn]] void raise(const Error& error);

pybind11::str text_of(std::string_view utf8);       // what is not UTF-8 in it is shown as \xNN
pybind11::str path_name_of(std::string_view path);  // as os.fsdecode()

template <class T>
T value_of(Result<T> result) {
  if (!result.ok()) raise(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace mylonite::python
