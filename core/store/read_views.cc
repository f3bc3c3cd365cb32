#include "core/store/read_views.h"

#include <utility>

namespace mylonite {

ReadViews::ReadViews(std::shared_ptr<Memtable> active, const Catalog::View& tables) : active_(std::move(active)) {
  publish(tables);
}

ReadViews::ReadViews(const std::vector<std::shared_ptr<const Memtable>>& memtables, const Catalog::View& tables) {
  auto all = std::make_shared<ReadState>();
  all->memtables.assign(memtables.rbegin(), memtables.rend());
  all->runs = tables.runs;
  all->expired_through = tables.version->expired_through;
  current_ = std::move(all);
}

void ReadViews::freeze(std::shared_ptr<Memtable> next, FileNumber next_log) {
  frozen_.push_back(
      {.memtable = std::exchange(active_, std::move(next)), .order = ++frozen_ever_, .next_log = next_log});
}

void ReadViews::retire_oldest() {
  flushed_ever_ = frozen_.front().order;
  frozen_.pop_front();
}

void ReadViews::publish(const Catalog::View& tables) {
  auto next = std::make_shared<ReadState>();
  next->memtables.push_back(active_);
  for (auto each = frozen_.rbegin(); each != frozen_.rend(); ++each) {
    // A memtable whose flush is committed, but which is not retired yet, is among the tables already.
    if (each->next_log > tables.version->first_log) next->memtables.push_back(each->memtable);
  }
  next->runs = tables.runs;
  next->expired_through = tables.version->expired_through;
  current_ = std::move(next);
}

}  // namespace mylonite
