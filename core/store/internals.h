// What tools, checkers and tests may ask of an open store beyond its public face.
// Thread-safety: as the store and the session asked. Errors: theirs.
#pragma once

#include <memory>

#include <mylonite/store.h>

#include "core/store/kept_versions.h"
#include "core/version/version.h"

namespace mylonite {

struct StoreInternals {
  static std::shared_ptr<const Version> version(const Store& store);
  // All that is kept up to the session's read stamp, of one moment.
  static Result<KeptVersions> kept_versions(Session& session);
};

}  // namespace mylonite
