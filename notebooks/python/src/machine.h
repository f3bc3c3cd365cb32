// A simulated machine as Python objects share it: the Machine object, and the stores that are open on it.
//
// Calls run on its fibers while the interpreter's lock stays held: they wait for nothing outside, and no Python runs
// there. Thread-safety: the thread that made it, with the interpreter's lock.
#pragma once

#include <utility>

#include <mylonite/sim/computer.h>
#include <pybind11/pybind11.h>

namespace mylonite::python {

class Machine {
 public:
  Machine(sim::ComputerOptions options, const faultfs::Disk& disk);

  sim::Computer& computer();  // raises RuntimeError on another thread
  bool on_my_thread() const;
  bool lives(std::uint64_t process) const { return computer_.lives() && computer_.processes() == process; }

  // Unless one lives. Returns its number. Raises where no more can: 256 live, or there are no addresses.
  std::uint64_t start_process();
  // What the call returned, in the program's own memory. Raises CrashError or HangError where it did not return.
  template <class Call>
  auto run(const Call& call) {
    start_process();
    auto answer = computer().answer(call);
    if (!answer) raise_end();
    return std::move(*answer);
  }

 private:
  [[noreturn]] void raise_end() const;

  const unsigned long thread_;
  sim::Computer computer_;
};

[[noreturn]] void raise_crashed();  // CrashError of an object whose process is gone

}  // namespace mylonite::python
