// The reference model: what every stamp wrote, as plain sorted memory. It knows nothing of the store under test.
// What has expired counts as not there.
//
// It holds every version of every key of every write that may still count. A lookup returns the values visible at a
// stamp. A range delete adds a removal (`ranged`) to each key that has an older version; keys first written later
// get none. A put or remove of the same batch replaces the removal.
// Each version also carries the notes of the recovery checker. Thread-safety: one thread. Complexity: logarithmic in
// keys, then in versions of the key; a range delete is linear in the keys it covers.
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
  bool hidden = false;               // its write failed: no read shows it, but a recovery may

  // Notes of the recovery checker (sim/oracle/recovery_checker.h).
  bool survived = false;  // found by the current recovery
  bool dropped = false;   // missing in an earlier recovery, with a right explanation
  bool doubted = false;   // was dropped; since then a disk that lied may have rolled back behind that recovery
};

class Model {
 public:
  using Versions = std::vector<ModelVersion>;  // oldest first
  using Keys = std::map<std::string, Versions, std::less<>>;

  void add(Timestamp at, const WriteBatch& batch);  // a collapsed batch; point versions of that stamp stay
  void forget(Timestamp at, const WriteBatch& batch);
  void hide(Timestamp at, const WriteBatch& batch);
  void unhide_all();

  // The value visible at that moment: null when there is none.
  const std::string* get(std::string_view key, const ReadMoment& moment) const;
  const Keys& keys() const { return keys_; }
  Keys& keys() { return keys_; }
  std::string above_all_keys(const WriteBatch& batch) const;  // those of the model and of the batch
  // Null: the key has no version of exactly that stamp.
  ModelVersion* version(std::string_view key, Timestamp at);

  // Whose value it is, as the end of a sentence: ", which stamp 7 wrote" for the newest version of the key that had it.
  // Without one, that of another key; empty: nobody wrote it.
  std::string origin_of(std::string_view key, std::string_view value) const;

  using Pairs = std::vector<std::pair<std::string_view, std::string_view>>;
  struct Range {
    std::string_view low;
    std::optional<std::string_view> high;
    std::uint64_t limit;
    bool backward;
  };
  Pairs scan(const Range& range, const ReadMoment& moment) const;

 private:
  static const std::string* value_at(const Versions& versions, const ReadMoment& moment);
  void add_range(Timestamp at, const BatchEntry& range);
  void forget_version(Keys::iterator place, Timestamp at);  // may erase `place`
  bool hides_ = false;
  Keys keys_;
};

}  // namespace mylonite::sim
