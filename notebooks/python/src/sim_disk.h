// The class Disk: a simulated disk as a value.
//
// Thread-safety: with the interpreter's lock; disks share what they have not changed, and no call lets go of the lock.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/faultfs/choice.h>
#include <mylonite/faultfs/crash.h>
#include <mylonite/faultfs/disk.h>
#include <pybind11/pybind11.h>

namespace mylonite::python {

using Fates = std::map<std::string, std::string>;  // unit to fate, as faultfs spells them
pybind11::dict dict_of(const std::vector<faultfs::Choice>& fates);
std::vector<faultfs::Choice> choices_of(const Fates& fates);  // raises ValueError for a fate that is none

faultfs::NameOrder name_order_of(std::string_view name);  // raises ValueError

void add_disk(pybind11::module_& module);

}  // namespace mylonite::python
