// Mylonite as a store under test, the first user of that interface. What only Mylonite can is reached through store().
// Owned by the simulated program. Thread-safety: as the interface asks.
#pragma once

#include <memory>

#include <mylonite/sim/store_under_test.h>
#include <mylonite/store.h>

#include "sim/run/answer_checker.h"

namespace mylonite::sim {

class MyloniteStore final : public StoreUnderTest {
 public:
  // The listener hears of its writes (EventListener::on_stamped).
  struct Parts {
    vfs::FileSystem& fs;
    const AnswerChecker& answers;
  };
  static Result<std::unique_ptr<StoreUnderTest>> open(const Parts& parts, const Options& options,
                                                      StoreComponents components);

  Result<Timestamp> write(const WriteBatch& batch) override { return store_->write(batch); }
  Result<Answer<StoredValue>> get(std::string_view key) override;
  Result<Answer<StoredPairs>> scan(const ScanRange& range) override;
  Status sync() override { return store_->sync(); }
  Result<StoreContents> contents() override;
  Status close() override { return store_->close(); }

  Store& store() { return *store_; }

 private:
  MyloniteStore(const AnswerChecker& answers, std::unique_ptr<Store> store)
      : answers_(answers), store_(std::move(store)) {}

  const AnswerChecker& answers_;
  const std::unique_ptr<Store> store_;
};

// The same reads as of any moment. On a dead machine a scan ends once it has a cursor: nobody looks at its answer.
Result<Answer<StoredValue>> get(Session& session, std::string_view key, const ReadOptions& options);
struct ScanAt {
  Session& session;
  const ReadOptions& options;
  const AnswerChecker& answers;
};
Result<Answer<StoredPairs>> scan(const ScanAt& where, const ScanRange& range);

}  // namespace mylonite::sim
