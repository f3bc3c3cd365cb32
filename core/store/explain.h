// A point read explained. It is the read itself (get_at in core/store/read_path.h), which notes each source.
// Pure except for the tables' I/O. Thread-safety: any thread. Complexity: that of the read.
#pragma once

#include <mylonite/explain.h>

#include "core/store/read_path.h"
#include "core/version/version.h"

namespace mylonite {

// `names` gives the positions of runs; it should be the version that `state` was made from.
Result<GetExplanation> explain_get(const ReadState& state, const Version& names, const PointRead& read);

}  // namespace mylonite
