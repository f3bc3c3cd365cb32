// The tables that one job (a flush, a merge, an ingest) makes: where they are written, and which there are, so that
// they can be removed when nothing comes of the job. Thread-safety: one thread an object; it must outlive its target().
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

  RunTarget target();  // given up once the store closes
  void remove();       // requires that no manifest lists them; what cannot be removed the next open removes

 private:
  EngineState& state_;
  std::vector<FileNumber> created_;
};

}  // namespace mylonite
