// A snapshot: a moment of a store that can be read as long as the object lives.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include <mylonite/timestamp.h>

namespace mylonite {

struct EngineState;

struct ReadOptions {
  std::optional<Timestamp> as_of;  // empty: now; else that of a live snapshot, or not below the store's history_floor()
};

// Pass read() to any read. The versions that it shows stay on the disk for it, and deletes made after it. Other moments
// may go, also later ones. Movable. It may outlive the store; reads are then kClosed. Thread-safety: a value.
class Snapshot {
 public:
  Snapshot(Snapshot&& other) noexcept = default;
  Snapshot& operator=(Snapshot&& other) noexcept;
  ~Snapshot() { release(); }
  Timestamp at() const { return at_; }
  ReadOptions read() const { return {.as_of = at_}; }

 private:
  friend class Engine;  // makes it, of a stamp that the state already holds
  Snapshot(std::shared_ptr<EngineState> state, Timestamp at) : state_(std::move(state)), at_(at) {}
  void release();

  std::shared_ptr<EngineState> state_;  // null: moved from
  Timestamp at_;
};

}  // namespace mylonite
