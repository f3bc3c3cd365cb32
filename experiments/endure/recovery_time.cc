#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <thread>

#include <fmt/format.h>

#include <mylonite/store.h>

#include "experiments/bench/measure.h"
#include "experiments/endure/contents.h"
#include "experiments/endure/open_time.h"
#include "experiments/endure/place.h"

namespace mylonite::experiments {
namespace {

constexpr std::uint64_t kValueBytes = 100;
constexpr std::uint64_t kRecordBytes = 144;  // of the log for one put, about

// The child: writes without a flush, and dies without a close. Never returns.
[[noreturn]] void write_and_die(Options options, const StreamOptions& stream) {
  options.memtable_max_bytes = 1ULL << 36;  // everything stays in the log
  options.wal_flush_every_write = false;
  auto store = Store::open(options);
  if (!store.ok()) ::_exit(1);
  Contents contents(stream);
  Order order(Indices::kShuffled, stream);
  for (std::uint64_t i = 0; i < stream.entries; ++i) {
    const std::uint64_t index = order.next();
    if (!(*store)->put(contents.key(index), contents.value(index)).ok()) ::_exit(1);
  }
  ::_exit(0);
}

// It is killed when it shall stop: a signal may have been sent to the parent alone.
bool wait_for(pid_t child, int& status, const Stop& stop) {
  constexpr std::chrono::milliseconds kAskEvery(50);
  while (true) {
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended != 0) return ended == child;
    if (!check_stop(stop).ok()) ::kill(child, SIGKILL);
    std::this_thread::sleep_for(kAskEvery);
  }
}

std::uint64_t log_bytes(const std::string& directory) {
  std::uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".log") bytes += entry.file_size();
  }
  return bytes;
}

Result<RecoveryPoint> measure(const RecoveryArguments& arguments, std::uint64_t mib) {
  auto place = Scratch::make(arguments.directory);
  if (!place.ok()) return place.error();
  Options options;
  options.data_dir = place->store();
  const StreamOptions stream{.entries = (mib << 20) / kRecordBytes, .value_bytes = kValueBytes};
  const pid_t child = ::fork();
  if (child == 0) write_and_die(options, stream);
  int status = 0;
  const bool ended = child >= 0 && wait_for(child, status, arguments.stop);
  if (Status on = check_stop(arguments.stop); !on.ok()) return on.error();
  if (!ended || status != 0) {
    return Error(Code::kIo, "the writing process failed").in(options.data_dir);
  }
  RecoveryPoint point{.log_bytes = log_bytes(options.data_dir)};
  const double cpu_us = usage().cpu_us;
  const std::uint64_t start = now_ns();
  auto store = Store::open(options);
  point.open_ms = static_cast<double>(now_ns() - start) / 1e6;
  point.open_cpu_ms = (usage().cpu_us - cpu_us) / 1e3;
  if (!store.ok()) {
    point.failure = store.error().to_string();
    return point;
  }
  point.records = (*store)->recovery().records;
  point.tables = (*store)->recovery().tables_written;
  Contents contents(stream);
  for (std::uint64_t i = 0; i < stream.entries; ++i) contents.put(i);
  const auto seen = contents.judge_scan((*store)->session(), Contents::Direction::kForward);
  if (!seen.ok()) point.failure = seen.error().to_string();
  if (Status closed = (*store)->close(); !closed.ok()) return closed.error();
  return point;
}

}  // namespace

double RecoveryPoint::mib_per_s() const {
  return open_ms <= 0 ? 0 : static_cast<double>(log_bytes) / (1 << 20) / (open_ms / 1e3);
}

Result<std::vector<RecoveryPoint>> run_recovery(const RecoveryArguments& arguments) {
  std::vector<RecoveryPoint> points;
  for (const std::uint64_t mib : arguments.log_mib) {
    auto point = measure(arguments, mib);
    if (!point.ok()) return point.error();
    points.push_back(std::move(*point));
  }
  return points;
}

}  // namespace mylonite::experiments
