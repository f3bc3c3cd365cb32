// Writes an ingested stream as one run. Thread-safety: one thread a source.
#pragma once

#include <mylonite/ingest.h>

#include "core/sst/run_writer.h"
#include "core/version/version.h"

namespace mylonite {

// Writes the stream as one run of level 0 and returns the edit that adds it; adds nothing when the stream is empty.
// kInvalidArgument: a key out of order, or a key or value over its limit.
Result<VersionEdit> ingest_run(const RunTarget& target, IngestSource& source, Timestamp at) noexcept;

}  // namespace mylonite
