// The directory of an experiment's store, and measurements of its files and of this process.
//
// Linux only (/proc). Thread-safety: Scratch, one thread; RssSampler starts a thread of its own; functions, any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

#include <mylonite/options.h>
#include <mylonite/status.h>

#include "core/version/version.h"

namespace mylonite::experiments {

// A new directory below `parent` (empty: the system's directory for temporary files). The destructor removes it with
// its content.
class Scratch {
 public:
  static Result<Scratch> make(const std::string& parent);
  Scratch(Scratch&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch();
  std::string store() const { return path_ + "/store"; }  // a path that does not exist yet

 private:
  explicit Scratch(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

std::uint64_t resident_bytes();                                 // of this process, now
std::uint64_t descriptors_below(const std::string& directory);  // open descriptors of files in it

// The largest resident_bytes() since the last take_peak(), sampled every few milliseconds.
class RssSampler {
 public:
  RssSampler();
  ~RssSampler();
  RssSampler(const RssSampler&) = delete;
  RssSampler& operator=(const RssSampler&) = delete;
  std::uint64_t take_peak();

 private:
  std::atomic<std::uint64_t> peak_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

// Reads and checks every table of the version, in the options' directory on the real disk.
Status verify_tables(const Version& version, const Options& options);

}  // namespace mylonite::experiments
