#include "notebooks/python/src/lab_runs.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <pybind11/stl.h>

#include "experiments/figures/interval.h"
#include "experiments/figures/metrics.h"
#include "experiments/run/run.h"
#include "experiments/workload/phases.h"
#include "notebooks/python/src/errors.h"
#include "notebooks/python/src/gil.h"

namespace mylonite::python {
namespace {

namespace py = pybind11;

// A result as its line, with the figures that are derived from it.
py::tuple tuple_of(const experiments::RunResult& result) {
  py::dict derived;
  for (const experiments::Metric& metric : experiments::metrics()) {
    const bool counted = metric.counted_by_peers || !experiments::is_of_peer(result);
    derived[text_of(metric.name)] = counted ? metric.value(result.figures) : std::numeric_limits<double>::quiet_NaN();
  }
  return py::make_tuple(text_of(experiments::result_json(result)), derived);
}

py::tuple run(const std::string& spec_text) {
  const experiments::RunSpec spec = value_of(experiments::parse_spec(spec_text, "the spec"));
  auto result = [&] {
    const WithoutGil released;
    return experiments::run_spec(spec, standard_policies());
  }();
  return tuple_of(value_of(std::move(result)));
}

py::tuple read(const std::string& line, const std::string& file, std::uint64_t number) {
  return tuple_of(value_of(experiments::parse_result(line, file, number)));
}

py::tuple interval(const std::vector<double>& values) {
  if (values.empty()) throw py::value_error("an interval needs a value");
  const experiments::Interval found = experiments::interval_of(values);
  return py::make_tuple(found.mean, found.half);
}

py::list policies() {
  py::list rows;
  for (const CompactionPolicy& policy : standard_policies()) {
    py::dict row;
    row["policy"] = text_of(policy.name);
    row["what"] = text_of(policy.what);
    row["source"] = text_of(policy.source);
    rows.append(row);
  }
  return rows;
}

py::list workloads() {
  py::list rows;
  for (const experiments::WorkloadPlan& plan : experiments::workload_plans()) {
    py::dict row;
    row["workload"] = text_of(plan.name);
    row["what"] = text_of(plan.what);
    rows.append(row);
  }
  return rows;
}

py::dict units() {
  py::dict names;
  for (const experiments::Metric& metric : experiments::metrics()) names[text_of(metric.name)] = text_of(metric.unit);
  return names;
}

}  // namespace

void add_runs(py::module_& module) {
  module.def("_lab_run", &run, py::arg("spec"), "_lab_run(spec)\n--\n\nFor mylonite.lab.");
  module.def("_lab_read", &read, py::arg("line"), py::arg("file"), py::arg("number"),
             "_lab_read(line, file, number)\n--\n\nFor mylonite.lab.");
  module.def("_lab_interval", &interval, py::arg("values"), "_lab_interval(values)\n--\n\nFor mylonite.lab.");
  module.def("_lab_policies", &policies, "_lab_policies()\n--\n\nFor mylonite.lab.");
  module.def("_lab_workloads", &workloads, "_lab_workloads()\n--\n\nFor mylonite.lab.");
  module.attr("_LAB_UNITS") = units();
}

}  // namespace mylonite::python
