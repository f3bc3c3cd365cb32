// The reference: what every stamp wrote, as plain sorted memory. Knows nothing of the store under test.
//
// Holds every version of every key of every write that may still count. Lookups answer "what was visible at stamp t".
// A range delete gives each key that was there before it a version, a removal that says it came by a range; keys first
// written later are not its business, and a put or remove of the same batch takes its place.
// Each version also carries what judges note on it. Thread-safety: one thread. Complexity: logarithmic in keys, then in
// versions of the key; a range delete is linear in the keys it covers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/write_batch.h>

#include "core/format/batch_reader.h"
#include "core/format/internal_key.h"

namespace mylonite::sim {

struct ModelVersion {
  Timestamp at;
  std::optional<std::string> value;  // empty: removed
  bool ranged = false;               // by a range delete

  // Notes of the judge of recoveries (sim/oracle/recovery_checker.h).
  bool survived = false;  // found by the recovery being judged
  bool dropped = false;   // rightly not found by an earlier one
  bool doubted = false;   // the same, and a disk that lied has gone back behind that one since
};

class Model {
 public:
  using Versions = std::vector<ModelVersion>;  // oldest first
  using Keys = std::map<std::string, Versions, std::less<>>;

  void add(Timestamp at, const WriteBatch& batch);  // a collapsed one; what is there of it already stays
  void forget(Timestamp at, const WriteBatch& batch);

  // The version of the key that counts at `at`: null when there is none or it is a removal.
  const std::string* get(std::string_view key, Timestamp at) const;
  const Keys& keys() const { return keys_; }
  Keys& keys() { return keys_; }
  // Null: none of that very stamp.
  ModelVersion* version(std::string_view key, Timestamp at);

  using Pairs = std::vector<std::pair<std::string_view, std::string_view>>;
  struct Range {
    std::string_view low;
    std::optional<std::string_view> high;
    std::uint64_t limit;
    bool backward;
  };
  Pairs scan(const Range& range, Timestamp at) const;

 private:
  static const std::string* value_at(const Versions& versions, Timestamp at);
  void add_range(Timestamp at, const BatchEntry& range);
  void forget_version(Keys::iterator place, Timestamp at);  // may erase `place`
  Keys keys_;
};

}  // namespace mylonite::sim
