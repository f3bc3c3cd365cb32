#include "experiments/program/export_command.h"

#include <optional>
#include <utility>

#include "core/base/names.h"
#include "core/cli/files.h"
#include "core/cli/output.h"
#include "experiments/program/ending.h"
#include "experiments/workload/workload_export.h"

namespace mylonite::experiments {
namespace {

using cli::Ending;
using cli::Exit;

Ending write_workload(const LabArguments& arguments, const std::string& program) {
  const auto plan = row_named("workload", arguments.exported.workload, workload_plans());
  if (!plan.ok()) return {plan.error(), Exit::kUsage};
  const auto format = row_named("format", arguments.exported.format, kWorkloadFormats);
  if (!format.ok()) return {format.error(), Exit::kUsage};
  cli::take_interrupts();
  std::optional<cli::LineFile> file;  // begun with the first piece, since there may be none
  const Status done = (*format)->write(**plan, arguments.exported.size, [&](std::string_view piece) -> Status {
    if (cli::interrupt_asked()) return Error(Code::kClosed, "stopped");
    if (!arguments.exported.out) return cli::print(piece);
    if (!file) {
      auto begun = cli::LineFile::create(*arguments.exported.out);
      if (!begun.ok()) return begun.error();
      file = std::move(*begun);
    }
    return file->add(piece);
  });
  if (!done.ok() && cli::interrupt_asked()) {
    if (file) ignore(file->discard(), "the message says that nothing is kept");
    return stopped(program, "before the workload ended; nothing is kept");
  }
  if (!done.ok()) return failed(done.error());
  return file ? Ending(file->complete()) : Exit::kDone;
}

// As the member of a spec.
cli::Range range_of(std::string_view member) {
  const SpecRow& row = **row_named("member of a spec", member, spec_table());
  return {.low = row.low, .high = row.high};
}

}  // namespace

cli::Command export_command(LabArguments& arguments, const std::string& program) {
  ExportArguments& exported = arguments.exported;
  return {.name = "export",
          .what = "a workload as a file: for --workload-file, and for other programs",
          .example = program + " export ycsb_a --format operations --entries 20000 --out a.txt",
          .parameters = {{.name = "WORKLOAD", .to = &exported.workload, .meaning = "its name", .required = true},
                         {.name = "--format",
                          .to = &exported.format,
                          .meaning = "operations: all of it; trace: of RocksDB, as text; ycsb: a property file",
                          .has_default = true},
                         {.name = "--entries",
                          .to = &exported.size.entries,
                          .meaning = "N of the workload",
                          .has_default = true,
                          .range = range_of("entries")},
                         {.name = "--value-bytes",
                          .to = &exported.size.value_bytes,
                          .meaning = "of each value; operations do not say it",
                          .has_default = true,
                          .range = range_of("value_bytes")},
                         {.name = "--seed",
                          .to = &exported.size.seed,
                          .meaning = "of what is drawn; properties are drawn where they are run",
                          .has_default = true},
                         {.name = "--out",
                          .to = &exported.out,
                          .meaning = "the file (default: standard output)",
                          .offer = cli::Offer::kFiles}},
          .run = [&arguments, program] { return write_workload(arguments, program); }};
}

}  // namespace mylonite::experiments
