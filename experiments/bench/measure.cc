#include "experiments/bench/measure.h"

#include <sys/resource.h>
#include <unistd.h>

#include <bit>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

namespace mylonite::experiments {
namespace {

constexpr std::uint64_t kQuietNs = 60'000'000;
constexpr std::chrono::milliseconds kPause(2);
constexpr double kIdleUs = 100;  // of processor time in one pause: not work

double microseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
}

double cpu_us(int who) {
  rusage used{};
  ::getrusage(who, &used);
  return microseconds(used.ru_utime) + microseconds(used.ru_stime);
}

// The number after "NAME:" in a file of /proc; 0 when there is none.
std::uint64_t field(const char* file, const std::string& name) {
  std::ifstream in(file);
  for (std::string word; in >> word;) {
    std::uint64_t value = 0;
    if (word == name && in >> value) return value;
  }
  return 0;
}

// Whether another thread is running or waits for the disk at this moment.
bool another_thread_works() {
  const std::string self = std::to_string(::gettid());
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    if (task.path().filename() == self) continue;
    std::ifstream in(task.path() / "stat");
    std::string line;
    std::getline(in, line);
    const std::size_t name_end = line.rfind(')');  // the name before it may hold any characters
    if (name_end == std::string::npos || name_end + 2 >= line.size()) continue;
    const char state = line[name_end + 2];
    if (state == 'R' || state == 'D') return true;
  }
  return false;
}

double others_cpu_us() { return cpu_us(RUSAGE_SELF) - cpu_us(RUSAGE_THREAD); }

}  // namespace

std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch() / std::chrono::nanoseconds(1));
}

std::size_t Histogram::bucket_of(std::uint64_t ns) {
  if (ns < 2 * kSteps) return ns;
  const auto shift = static_cast<std::size_t>(std::bit_width(ns)) - static_cast<std::size_t>(std::bit_width(kSteps));
  return shift * kSteps + (ns >> shift);
}

std::uint64_t Histogram::upper_end(std::size_t bucket) {
  if (bucket < 2 * kSteps) return bucket;
  const std::size_t shift = bucket / kSteps - 1;
  return ((bucket - shift * kSteps + 1) << shift) - 1;
}

void Histogram::add(std::uint64_t ns) {
  ++counts_[bucket_of(ns)];
  ++total_;
}

double Histogram::quantile_us(double share) const {
  const auto wanted = static_cast<std::uint64_t>(share * static_cast<double>(total_));
  std::uint64_t passed = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    passed += counts_[i];
    if (passed > wanted || (passed == total_ && passed > 0)) return static_cast<double>(upper_end(i)) / 1e3;
  }
  return 0;
}

Usage usage() {
  return {.cpu_us = cpu_us(RUSAGE_SELF),
          .peak_bytes = field("/proc/self/status", "VmHWM:") * 1024,
          .written_bytes = field("/proc/self/io", "wchar:")};
}

std::uint64_t directory_bytes(const std::string& directory) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory, error)) {
    const std::uint64_t size = entry.is_regular_file(error) ? entry.file_size(error) : 0;
    bytes += error ? 0 : size;
  }
  return bytes;
}

std::uint64_t wait_until_quiet(Engine& engine) {
  std::uint64_t since = now_ns();
  double before = others_cpu_us();
  while (now_ns() - since < kQuietNs) {
    std::this_thread::sleep_for(kPause);
    const double after = others_cpu_us();
    const bool works = engine.busy().value_or(after - before > kIdleUs || another_thread_works());
    before = after;
    if (works) since = now_ns();
  }
  return since;
}

}  // namespace mylonite::experiments
