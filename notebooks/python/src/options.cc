#include "notebooks/python/src/options.h"

#include <variant>

#include "notebooks/python/src/errors.h"

namespace mylonite::python {
namespace {

namespace py = pybind11;

// Raises UnicodeEncodeError for what UTF-8 cannot say.
std::string utf8_of(const py::handle& text) {
  Py_ssize_t size = 0;
  const char* bytes = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
  if (bytes == nullptr) throw py::error_already_set();
  return {bytes, static_cast<std::size_t>(size)};
}

std::string option_value(const std::string& name, const py::handle& value) {
  if (PyBool_Check(value.ptr())) return value.ptr() == Py_True ? "true" : "false";
  if (PyUnicode_Check(value.ptr())) return utf8_of(value);
  if (PyFloat_Check(value.ptr())) return py::cast<std::string>(py::repr(py::float_(py::cast<double>(value))));
  if (PyIndex_Check(value.ptr()) != 0) {
    PyObject* whole = PyNumber_Index(value.ptr());
    if (whole == nullptr) throw py::error_already_set();
    return py::cast<std::string>(py::str(py::reinterpret_steal<py::object>(whole)));
  }
  throw py::type_error("option " + name + ": a value of bool, int, float or str is needed, not " +
                       py::cast<std::string>(py::type::handle_of(value).attr("__name__")));
}

struct AsPython {
  const Options& options;
  py::object operator()(std::uint64_t Options::* member) const { return py::int_(options.*member); }
  py::object operator()(bool Options::* member) const { return py::bool_(options.*member); }
  py::object operator()(double Options::* member) const { return py::float_(options.*member); }
  py::object operator()(std::string Options::* member) const { return text_of(options.*member); }
};

}  // namespace

Options options_of(const std::string& path, const py::kwargs& keywords) {
  Options options;
  options.data_dir = path;
  for (const auto& [key, value] : keywords) {
    const std::string name = utf8_of(key);
    if (name == "data_dir") throw py::type_error("the directory is the first argument; data_dir is not a keyword here");
    value_of(set_option(options, name, option_value(name, value)));
  }
  value_of(validate(options));
  return options;
}

py::dict dict_of(const Options& options) {
  py::dict values;
  for (const OptionRow& row : option_table()) {
    values[text_of(row.name)] = std::visit(AsPython{options}, row.member);
  }
  return values;
}

}  // namespace mylonite::python
