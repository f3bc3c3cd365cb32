// Options from keyword arguments, and back. Every row of option_table() is a keyword.
//
// Requires the interpreter's lock. Thread-safety: pure functions.
#pragma once

#include <string>

#include <mylonite/options.h>
#include <pybind11/pybind11.h>

namespace mylonite::python {

// Raises InvalidArgumentError with the option's own message, TypeError for a value that no option has.
Options options_of(const std::string& path, const pybind11::kwargs& keywords);
pybind11::dict dict_of(const Options& options);  // data_dir too

}  // namespace mylonite::python
