// Access for tools, checkers and tests to an open store, beyond its public face.
// Thread-safety and errors: those of the store and the session.
#pragma once

#include <memory>

#include <mylonite/store.h>

#include "core/store/kept_versions.h"
#include "core/version/version.h"

namespace mylonite {

struct StoreInternals {
  static std::shared_ptr<const Version> version(const Store& store);
  // Every kept version up to the session's read stamp, of one moment.
  static Result<KeptVersions> kept_versions(Session& session);
};

}  // namespace mylonite
