// The facts of a store as plain Python values: dicts, lists, ints, bytes.
//
// Requires the interpreter's lock. Thread-safety: pure functions.
#pragma once

#include <vector>

#include <mylonite/events.h>
#include <mylonite/job_record.h>
#include <mylonite/tree.h>
#include <pybind11/pybind11.h>

namespace mylonite::python {

pybind11::list list_of(const std::vector<Level>& levels);
pybind11::list list_of(const std::vector<JobRecord>& records);
pybind11::dict dict_of(const JobRecord& record);
pybind11::dict dict_of(const RecoveryReport& report);

}  // namespace mylonite::python
