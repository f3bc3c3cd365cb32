// `mylonite load`: writes the `key<TAB>value` lines of standard input.
//
// Several writers take lines in turn, so that their writes share syncs. Lines of one key that are in flight together
// may then be written in either order. An acknowledgement is one whole line, printed and flushed after its write
// returned. After the first malformed line or failed call no further line is read; writes in flight end and are
// acknowledged.
#pragma once

#include <mylonite/status.h>
#include <mylonite/store.h>

#include "core/tool/arguments.h"

namespace mylonite::tool {

Status load(Store& store, const Arguments& arguments);

}  // namespace mylonite::tool
