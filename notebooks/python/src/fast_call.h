// Methods in CPython's own calling convention, for calls that do little: pybind11's costs as much as a get.
//
// A class has them from its birth on, by py::custom_type_setup, and CPython checks what `self` is. Exceptions of C++
// become Python's as pybind11 makes them.
// Requires the interpreter's lock. Thread-safety: pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <span>
#include <stdexcept>

#include <pybind11/pybind11.h>

namespace mylonite::python {

// What a method takes: its first `positional` arguments may be given without their names, the first `required` must be
// given.
struct Signature {
  const char* method;
  std::span<const char* const> names;
  std::size_t required;
  std::size_t positional;
};

// The arguments of one call, as METH_FASTCALL | METH_KEYWORDS hands them over.
struct Given {
  PyObject* const* values;
  Py_ssize_t positional;
  PyObject* keywords;  // a tuple of names, whose values follow the positional ones; null: none
};

// Fills `into`, one for each name; null: not given. Raises TypeError.
void take_arguments(const Signature& signature, const Given& given, std::span<PyObject*> into);

template <std::size_t N>
struct Arguments : std::array<PyObject*, N> {
  Arguments(const Signature& signature, const Given& given) : std::array<PyObject*, N>{} {
    take_arguments(signature, given, *this);
  }
};

// The C++ object of a Python object whose class pybind11 made. Raises TypeError where there is none: its __init__ never
// ran.
template <class T>
T& object_of(PyObject* self) {
  auto* const instance = reinterpret_cast<pybind11::detail::instance*>(self);
  // One with several bases in C++ has another layout, and no class here can be a second base of a whole object.
  void* const value = instance->simple_layout ? instance->simple_value_holder[0] : nullptr;
  if (value == nullptr) throw pybind11::type_error("the object was not made by its class");
  return *static_cast<T*>(value);
}

// What the body returns, or `failed` and an exception set.
template <class Body>
auto guarded(const Body& body, decltype(body()) failed = {}) {
  try {
    return body();
  } catch (pybind11::error_already_set& error) {
    error.restore();
  } catch (const pybind11::builtin_exception& error) {
    error.set_error();
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  }
  return failed;
}

// A row of a table of methods.
using FastMethod = PyObject* (*)(PyObject*, PyObject* const*, Py_ssize_t, PyObject*);
template <FastMethod method>
PyMethodDef method_of(const char* name, const char* doc) {
  auto* const erased = reinterpret_cast<void (*)()>(method);
  return {name, reinterpret_cast<PyCFunction>(erased), METH_FASTCALL | METH_KEYWORDS, doc};
}

}  // namespace mylonite::python
