#include "notebooks/python/src/describe.h"

#include <mylonite/key_range.h>

#include "notebooks/python/src/arguments.h"
#include "notebooks/python/src/errors.h"

namespace mylonite::python {
namespace {

namespace py = pybind11;
using py::literals::operator""_a;

py::dict dict_of(const TableInfo& table) {
  const KeyRange keys = key_range(table);
  py::object oldest_tombstone = py::none();
  if (table.oldest_tombstone != kTimestampMax) oldest_tombstone = py::int_(table.oldest_tombstone.ticks);
  return py::dict("number"_a = table.number.value, "file_bytes"_a = table.file_bytes, "low"_a = bytes_of(keys.low),
                  "high"_a = bytes_of(keys.high), "high_included"_a = keys.high_included, "entries"_a = table.entries,
                  "tombstones"_a = table.tombstones, "range_deletes"_a = table.range_deletes,
                  "oldest"_a = table.oldest.ticks, "newest"_a = table.newest.ticks,
                  "oldest_tombstone"_a = oldest_tombstone);
}

}  // namespace

py::list list_of(const std::vector<Level>& levels) {
  py::list tree;
  for (const Level& level : levels) {
    py::list runs;
    for (const Run& run : level.runs) {
      py::list tables;
      for (const TableInfo& table : run.tables) tables.append(dict_of(table));
      runs.append(py::dict("id"_a = run.id.value, "tables"_a = tables));
    }
    tree.append(runs);
  }
  return tree;
}

py::dict dict_of(const JobRecord& record) {
  py::list rejected;
  for (const Candidate& each : record.why.rejected) rejected.append(py::make_tuple(text_of(each.what), each.score));
  py::list from_levels;
  for (const std::uint32_t level : record.from_levels) from_levels.append(level);
  return py::dict("id"_a = record.id, "policy"_a = text_of(record.policy), "trigger"_a = text_of(record.why.trigger),
                  "chosen"_a = text_of(record.why.chosen), "rejected"_a = rejected, "from_levels"_a = from_levels,
                  "to_level"_a = record.to_level, "move"_a = record.move, "tables_in"_a = record.tables_in,
                  "tables_out"_a = record.tables_out, "bytes_in"_a = record.bytes_in,
                  "bytes_above"_a = record.bytes_above, "bytes_out"_a = record.bytes_out, "dropped"_a = record.dropped,
                  "at"_a = record.at.ticks);
}

py::list list_of(const std::vector<JobRecord>& records) {
  py::list jobs;
  for (const JobRecord& record : records) jobs.append(dict_of(record));
  return jobs;
}

py::dict dict_of(const RecoveryReport& report) {
  return py::dict("created"_a = report.created, "logs"_a = report.logs, "records"_a = report.records,
                  "log_bytes_dropped"_a = report.log_bytes_dropped,
                  "manifest_bytes_dropped"_a = report.manifest_bytes_dropped,
                  "tables_damaged"_a = report.tables_damaged, "tables_written"_a = report.tables_written,
                  "files_removed"_a = report.files_removed, "clean_close"_a = report.clean_close,
                  "duration_ns"_a = report.duration_ns);
}

}  // namespace mylonite::python
