#include "notebooks/python/src/sim_machine.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include <mylonite/store.h>
#include <pybind11/stl.h>

#include "core/rt/rt.h"
#include "notebooks/python/src/arguments.h"
#include "notebooks/python/src/errors.h"
#include "notebooks/python/src/open_store.h"
#include "notebooks/python/src/options.h"
#include "notebooks/python/src/sim_disk.h"
#include "sim/scenario/file_roles.h"

namespace mylonite::python {
namespace {

namespace py = pybind11;
using SharedMachine = std::shared_ptr<Machine>;

struct NamedCalls {
  std::string_view name;
  faultfs::CallSet calls;
};
constexpr std::array<NamedCalls, 4> kNamedCalls = {{{"any", faultfs::kAllCalls},
                                                    {"changing", faultfs::kChangingCalls},
                                                    {"syncing", faultfs::kSyncingCalls},
                                                    {"reading", faultfs::kReadingCalls}}};

faultfs::CallSet call_set_of(const std::string& name) {
  for (const NamedCalls& each : kNamedCalls) {
    if (each.name == name) return each.calls;
  }
  std::string names;
  for (const faultfs::CallRow& row : faultfs::kCalls) {
    if (row.name == name) return {row.kind};
    names += ", " + std::string(row.name);
  }
  throw py::value_error("calls is one of any, changing, syncing, reading" + names + "; not '" + name + "'");
}

faultfs::Fault fault_of(const std::string& name) {
  std::string names;
  for (const faultfs::FaultRow& row : faultfs::kFaultTable) {
    if (row.name == name) return row.fault;
    names += (names.empty() ? "" : ", ") + std::string(row.name);
  }
  throw py::value_error("a fault is one of " + names + "; not '" + name + "'");
}

// Which calls are meant: arguments of crash_at() and inject().
struct Which {
  std::string role;
  std::string path;
};

faultfs::Calls calls_of(faultfs::CallSet set, const Which& which) {
  faultfs::Calls calls = faultfs::calls(set);
  if (!which.role.empty()) {
    if (std::ranges::find(sim::kFileRoles, which.role) == sim::kFileRoles.end()) {
      std::string names;
      for (const std::string_view each : sim::kFileRoles) names += (names.empty() ? "" : ", ") + std::string(each);
      throw py::value_error("a role is one of " + names + "; not '" + which.role + "'");
    }
    calls = faultfs::of_role(which.role, std::move(calls));
  }
  if (!which.path.empty()) calls = faultfs::of_path(which.path, std::move(calls));
  return calls;
}

std::uint64_t positive(std::uint64_t n, const char* name) {
  if (n == 0) throw py::value_error(std::string(name) + " counts from 1");
  return n;
}

std::uint64_t ns_of(double seconds, const char* name) {
  const bool in_range = seconds >= 0 && seconds <= 1e8;  // a NaN is not
  if (!in_range) throw py::value_error(std::string(name) + " is between 0 and 1e8 seconds");
  return static_cast<std::uint64_t>(std::llround(seconds * 1e9));
}

std::shared_ptr<OpenStore> open(const SharedMachine& self, const py::object& path, bool read_only,
                                const py::kwargs& keywords) {
  const Options options = options_of(path_of(path), keywords);
  Home home(self);
  sim::Computer& computer = self->computer();
  const auto opened = home.run([&]() -> Result<Store*> {
    auto store = read_only ? Store::open_read_only(computer.files(), options) : Store::open(computer.files(), options);
    if (!store.ok()) return store.error();
    return store->release();
  });
  return std::make_shared<OpenStore>(std::unique_ptr<Store>(value_of(opened)), std::move(home), path_of(path),
                                     read_only, nullptr);
}

py::dict lose_power(Machine& self, std::uint64_t seed, const std::optional<Fates>& fates) {
  sim::Computer& computer = self.computer();
  if (fates) {
    const std::vector<faultfs::Choice> choices = choices_of(*fates);
    faultfs::ReplayChooser rehearsal(choices);
    static_cast<void>(faultfs::power_loss(computer.disk(), computer.options().names, rehearsal));
    for (const std::string& unit : rehearsal.unused()) {
      throw py::value_error("'" + unit + "' is not at risk now, or cannot have that fate: see disk.at_risk()");
    }
    computer.lose_power(choices);
  } else {
    computer.lose_power(seed);
  }
  return dict_of(computer.fates());
}

struct Crash {
  std::uint64_t nth;
  std::string calls;
  Which which;
  bool after;
  std::string ending;
  std::uint64_t seed;
};

sim::CrashOrder order_of(const Crash& crash) {
  if (crash.ending != "power loss" && crash.ending != "kill") {
    throw py::value_error("ending is 'power loss' or 'kill', not '" + crash.ending + "'");
  }
  return {.when = faultfs::nth(positive(crash.nth, "nth"), calls_of(call_set_of(crash.calls), crash.which)),
          .after = crash.after,
          .power_loss = crash.ending == "power loss",
          .image_seed = crash.seed};
}

using Count = std::optional<std::uint64_t>;

struct Strikes {
  std::string fault;
  Count nth;
  Count one_in;
  std::optional<std::string> calls;
  Which which;
  std::uint64_t seed;
};

faultfs::Injector injector_of(const Strikes& words) {
  const faultfs::Fault fault = fault_of(words.fault);
  const faultfs::CallSet set = words.calls ? call_set_of(*words.calls) : row_of(fault).fits;
  const auto strikes = [&](const faultfs::CallRow& row) {
    return set.contains(row.kind) && row_of(fault).fits.contains(row.kind);
  };
  if (std::ranges::none_of(faultfs::kCalls, strikes)) {
    throw py::value_error("'" + words.fault + "' never strikes a " + to_string(set) + ": it fits a " +
                          to_string(row_of(fault).fits));
  }
  faultfs::Calls meant = calls_of(set, words.which);
  if (words.nth && words.one_in) throw py::value_error("give nth, or one_in, or neither for every call");
  const faultfs::Stream stream = faultfs::stream_of(Random(words.seed).split("inject"));
  faultfs::When when = words.nth      ? faultfs::nth(positive(*words.nth, "nth"), std::move(meant))
                       : words.one_in ? faultfs::one_in(positive(*words.one_in, "one_in"), stream, std::move(meant))
                                      : faultfs::every(std::move(meant));
  return faultfs::inject(fault, std::move(when), stream);
}

py::list calls(Machine& self) {
  py::list listed;
  for (const sim::FileCall& call : self.computer().calls()) {
    py::dict row;
    row["text"] = text_of(call.text);
    row["kind"] = text_of(call.kind);
    row["role"] = text_of(call.role);
    row["path"] = path_name_of(call.path);
    row["result"] = text_of(call.result);
    listed.append(row);
  }
  return listed;
}

py::list struck(Machine& self) {
  py::list texts;
  for (const faultfs::PlacedFault& each : self.computer().struck()) texts.append(text_of(to_string(each)));
  return texts;
}

using MachineClass = py::class_<Machine, SharedMachine>;

void add_life(MachineClass& machine) {
  machine
      .def(py::init([](std::uint64_t seed, const std::optional<faultfs::Disk>& disk, const std::string& names,
                       double sync_seconds, bool list_calls) {
             return std::make_shared<Machine>(sim::ComputerOptions{.seed = seed,
                                                                   .names = name_order_of(names),
                                                                   .sync_ns = ns_of(sync_seconds, "sync_seconds"),
                                                                   .role_of = sim::role_of,
                                                                   .keeps_calls = list_calls},
                                              disk.value_or(faultfs::Disk()));
           }),
           py::arg("seed") = 0, py::kw_only(), py::arg("disk") = py::none(), py::arg("names") = "ordered",
           py::arg("sync_seconds") = 0.0, py::arg("list_calls") = false,
           R"(__init__(self, seed=0, *, disk=None, names='ordered', sync_seconds=0.0, list_calls=False)
--

disk: a Disk to start from, which is copied. names: which names a power loss may take: 'ordered', 'reordering', 'posix'.
sync_seconds: virtual time that a sync takes. list_calls: `calls` lists every file call.)")
      .def(
          "open",
          [](const SharedMachine& self, const py::object& path, bool read_only, const py::kwargs& keywords) {
            return open(self, path, read_only, keywords);
          },
          py::arg("path") = "db", py::kw_only(), py::arg("read_only") = false,
          R"(open(self, path='db', *, read_only=False, **options)
--

Open the store in a directory of the disk: a mylonite.Store like any other. A crash ends it: its calls raise CrashError,
and open() gives the next one. A store that is not closed stays open until then, whatever Python's collector does.)")
      .def(
          "sleep",
          [](const SharedMachine& self, double seconds) {
            const std::uint64_t ns = ns_of(seconds, "seconds");
            constexpr std::uint64_t kEndOfTime = UINT64_MAX / 2;  // 292 years
            if (self->computer().now_ns() > kEndOfTime - ns) throw py::value_error("virtual time ends after 292 years");
            self->run([ns] {
              rt::sleep_until(rt::monotonic_ns() + ns);
              return true;
            });
          },
          py::arg("seconds"), "sleep(self, seconds)\n--\n\nLet virtual time pass; the store's threads work meanwhile.");
}

void add_crashes(MachineClass& machine) {
  machine
      .def(
          "kill", [](Machine& self) { self.computer().kill(); },
          "kill(self)\n--\n\nThe process dies now, as by kill -9. The operating system lives.")
      .def("power_loss", &lose_power, py::arg("seed") = 0, py::kw_only(), py::arg("fates") = py::none(),
           R"(power_loss(self, seed=0, *, fates=None)
--

The power fails now. Return what did not survive whole: a dict of unit to fate.

The seed decides what of the bytes and names that were not durable survives. fates, a dict as returned, decides it in
its place: what it does not name is kept, and the seed is not used.)")
      .def(
          "crash_at",
          [](Machine& self, std::uint64_t nth, const std::string& calls, const std::string& role,
             const std::string& path, bool after, const std::string& ending, std::uint64_t seed) {
            self.computer().crash_at(order_of({.nth = nth,
                                               .calls = calls,
                                               .which = {.role = role, .path = path},
                                               .after = after,
                                               .ending = ending,
                                               .seed = seed}));
          },
          py::arg("nth") = 1, py::kw_only(), py::arg("calls") = "changing", py::arg("role") = "", py::arg("path") = "",
          py::arg("after") = false, py::arg("ending") = "power loss", py::arg("seed") = 0,
          R"(crash_at(self, nth=1, *, calls='changing', role='', path='', after=False, ending='power loss', seed=0)
--

Crash in the nth file call from now that fits. The store's call in progress raises CrashError.

calls: 'any', 'changing', 'syncing', 'reading', or one kind such as 'append'. role: of 'wal', 'sst', 'manifest', ...
after: after the call's effect. ending: 'power loss' or 'kill'. seed: as of power_loss().)")
      .def(
          "cancel_crash", [](Machine& self) { self.computer().cancel_crash(); },
          "cancel_crash(self)\n--\n\nForget crash_at().");
}

void add_faults(MachineClass& machine) {
  machine
      .def(
          "inject",
          [](Machine& self, const std::string& fault, Count nth, Count one_in, const std::optional<std::string>& calls,
             const std::string& role, const std::string& path, std::uint64_t seed) {
            faultfs::Injector injector = injector_of({.fault = fault,
                                                      .nth = nth,
                                                      .one_in = one_in,
                                                      .calls = calls,
                                                      .which = {.role = role, .path = path},
                                                      .seed = seed});
            const py::str text = text_of(injector.text);
            self.computer().inject(std::move(injector));
            return text;
          },
          py::arg("fault"), py::kw_only(), py::arg("nth") = py::none(), py::arg("one_in") = py::none(),
          py::arg("calls") = py::none(), py::arg("role") = "", py::arg("path") = "", py::arg("seed") = 0,
          R"(inject(self, fault, *, nth=None, one_in=None, calls=None, role='', path='', seed=0)
--

Let a fault of mylonite.sim.FAULTS strike file calls from now on, and return what was understood in words.

nth: that call only. one_in: each by chance, from the seed. Neither: every one. calls, role, path: as of crash_at();
without calls all that the fault fits.)")
      .def(
          "stop_faults", [](Machine& self) { self.computer().stop_faults(); },
          "stop_faults(self)\n--\n\nNo fault strikes any more.")
      .def_property_readonly("struck", &struck, "The faults that struck so far, in words.");
}

void add_views(MachineClass& machine) {
  machine
      .def_property_readonly(
          "disk", [](Machine& self) { return faultfs::Disk(self.computer().disk()); }, "A copy of the disk as it is.")
      .def_property_readonly(
          "fates", [](Machine& self) { return dict_of(self.computer().fates()); },
          "What did not survive the last power loss whole: a dict of unit to fate.")
      .def_property_readonly(
          "running", [](Machine& self) { return self.computer().lives(); }, "Whether a process is running.")
      .def_property_readonly(
          "now", [](Machine& self) { return static_cast<double>(self.computer().now_ns()) / 1e9; },
          "Virtual time since the machine was made, in seconds.")
      .def_property_readonly(
          "file_calls", [](Machine& self) { return self.computer().file_calls(); }, "How many file calls were made.")
      .def_property_readonly("calls", &calls, R"(The file calls so far: dicts of text, kind, role, path and result.

Empty unless the machine was made with list_calls=True. result: the fault or the crash that came; '' where none did.)")
      .def_property_readonly(
          "trace_hash", [](Machine& self) { return self.computer().trace_hash(); },
          "A hash of all that happened: equal seeds, disks and calls give equal hashes, on every machine.")
      .def("__repr__", [](Machine& self) {
        const bool runs = self.computer().lives();
        return "<mylonite.sim.Machine, " + std::string(runs ? "running" : "no process") + ">";
      });
}

}  // namespace

void add_machine(py::module_& module) {
  MachineClass machine(module, "Machine", R"(A simulated machine: a disk, a clock, and a process with a store in it.

Nothing here is real: no file, no thread, no time. The store's threads run while a call is in progress, as a schedule
drawn from the seed says; so one seed and the same calls give the same run, everywhere.

    machine = mylonite.sim.Machine(seed=1)
    store = machine.open()
    store.put(b'key', b'value')
    machine.power_loss(seed=7)
    assert machine.open().get(b'key') == b'value'

Between calls no time passes: sleep() lets flushes and merges go on. A machine belongs to the thread that made it. Up
to 256 may be running.)");
  add_life(machine);
  add_crashes(machine);
  add_faults(machine);
  add_views(machine);
  py::list faults;
  for (const faultfs::FaultRow& row : faultfs::kFaultTable) faults.append(text_of(row.name));
  module.attr("_FAULTS") = py::tuple(faults);
}

}  // namespace mylonite::python
