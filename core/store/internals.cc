#include "core/store/internals.h"

#include "core/store/engine.h"
#include "core/store/read_path.h"

namespace mylonite {

std::shared_ptr<const Version> StoreInternals::version(const Store& store) {
  return store.engine_->state()->catalog->version();
}

Result<KeptVersions> StoreInternals::kept_versions(Session& session) {
  const auto from = session.view({});
  if (!from.ok()) return from.error();
  const auto ranges = all_range_deletes(*from->state);
  if (!ranges.ok()) return session.error_of_read(ranges.error());
  KeptVersions kept{.entries = entries_up_to(session.state_, from->state, from->moment.at),
                    .range_deletes = ranges->whole().list()};
  std::erase_if(kept.range_deletes, [&](const RangeTombstone& each) {
    return each.at > from->moment.at || each.at <= from->moment.expired_through;
  });
  return kept;
}

}  // namespace mylonite
