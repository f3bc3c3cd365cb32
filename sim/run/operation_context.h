// What one client's operations share: when a read began, whether its answer is to be checked, and what came back.
//
// Owned by the simulated program. Thread-safety: one fiber.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <mylonite/snapshot.h>
#include <mylonite/write_batch.h>

#include "sim/run/answer_checker.h"
#include "sim/run/observer.h"
#include "sim/run/run_state.h"

namespace mylonite::sim {

struct Reading {  // of one read, or of whatever is held to what had returned before
  Oracle::Ticket ticket;
  ReadOptions options;
  std::size_t struck_before;  // file calls
};

struct Writing {
  Oracle::Ticket ticket;
  std::uint64_t began_ns;
  WriteBatch collapsed;
  std::optional<bool> sync;
};

class OperationContext {
 public:
  struct Parts {
    RunState& state;
    AnswerChecker& answers;
    Observer& observer;
    vfs::FileSystem& fs;     // that the store is on
    const Options& options;  // that it was opened with
  };
  explicit OperationContext(const Parts& parts) : parts_(parts) {}

  RunState& state() const { return parts_.state; }
  Oracle& oracle() const { return parts_.state.oracle; }
  AnswerChecker& answers() const { return parts_.answers; }
  Observer& observer() const { return parts_.observer; }
  vfs::FileSystem& fs() const { return parts_.fs; }
  const Options& options() const { return parts_.options; }

  void begins(std::size_t operation);  // by its place in the list
  Reading now() const;

  // True when the answer is to be checked. The error is null where there is none.
  bool answered(std::string_view call, const Error* error, const Reading& reading) const;
  // The last of an operation that was answered.
  void returned(Timestamp at) const;
  void read_at(const Reading& reading, const ReadMoment& moment) const;
  void became_durable(std::string_view call, const Reading& reading, const Status& done) const;
  // Around one write. `sync`: what the write says of itself, if it does.
  Writing begin_write(const WriteBatch& batch, std::optional<bool> sync = std::nullopt) const;
  void end_write(const Writing& writing, const Result<Timestamp>& stamp) const;

 private:
  void check_open(std::string_view call) const;  // an answer to a call after close() is none

  const Parts parts_;
  std::size_t current_ = 0;
  bool began_closed_ = false;  // close() had returned when the operation began
};

}  // namespace mylonite::sim
