// The tables that one job (a flush, a merge, an ingest) makes. It provides the target to write them to, and removes
// them when the job fails. Thread-safety: one thread an object; it must outlive its target().
#pragma once

#include <vector>

#include "core/sst/run_writer.h"
#include "core/store/engine_state.h"

namespace mylonite {

class NewTables {
 public:
  explicit NewTables(EngineState& state) : state_(state) {}
  NewTables(const NewTables&) = delete;
  NewTables& operator=(const NewTables&) = delete;

  // `filter_rate` of the tables' filters, in parts per million. Writing is given up once the store closes.
  RunTarget target(std::uint64_t filter_rate);
  void remove();  // requires that no manifest lists them; the next open removes files that stay

 private:
  EngineState& state_;
  std::vector<FileNumber> created_;
};

}  // namespace mylonite
