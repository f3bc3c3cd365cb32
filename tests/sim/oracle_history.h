// A client's calls and an engine's answers, one after the other, brought before an oracle.
// Thread-safety: one thread.
#pragma once

#include <deque>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "sim/oracle/oracle.h"

namespace mylonite::sim {

using Pairs = std::vector<std::pair<std::string, std::string>>;

inline Timestamp stamp(std::uint64_t ticks) { return Timestamp{ticks}; }

inline WriteBatch puts(std::initializer_list<std::pair<std::string, std::string>> pairs) {
  WriteBatch batch;
  for (const auto& [key, value] : pairs) batch.put(key, value);
  return batch;
}

inline StoredEntry survivor(std::string key, std::uint64_t at, std::optional<std::string> value) {
  return {.key = std::move(key), .at = stamp(at), .value = std::move(value)};
}

class History {
 public:
  explicit History(bool sync_on = true) {
    Options options;
    options.wal_flush_every_write = sync_on;
    oracle_.start_incarnation(options);
  }

  struct Pending {
    Oracle::Ticket ticket;
    const WriteBatch* batch;
  };
  Pending begin(WriteBatch batch) {
    const WriteBatch& kept = batches_.emplace_back(std::move(batch));
    const Oracle::Ticket ticket = oracle_.begin();
    oracle_.begin_write(kept);
    return {.ticket = ticket, .batch = &kept};
  }
  Pending stamped(WriteBatch batch, std::uint64_t at) {
    const Pending pending = begin(std::move(batch));
    oracle_.on_stamped(stamp(at), *pending.batch);
    return pending;
  }
  void end(const Pending& pending, std::uint64_t at) { oracle_.end_write(pending.ticket, *pending.batch, stamp(at)); }
  void write(WriteBatch batch, std::uint64_t at) { end(stamped(std::move(batch), at), at); }
  void put(const std::string& key, std::uint64_t at) { write(puts({{key, "v"}}), at); }
  void read(std::uint64_t at) { oracle_.end_read(oracle_.begin(), stamp(at), std::nullopt); }

  std::uint64_t recover(Ending ending, const std::vector<StoredEntry>& survivors, std::uint64_t first_visible = 1000) {
    return oracle_.check_recovered({.entries = survivors}, {.ending = ending, .first_visible = stamp(first_visible)})
        .acknowledged_lost;
  }
  std::string rule() const { return oracle_.violation() ? oracle_.violation()->rule : ""; }
  Oracle& oracle() { return oracle_; }

 private:
  Oracle oracle_;
  std::deque<WriteBatch> batches_;  // where they are is what the oracle knows them by
};

}  // namespace mylonite::sim
