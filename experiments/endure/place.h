// Where an experiment's store lies, how its files and this process look from outside.
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

// A new directory below `parent` (empty: the system's place for temporary files), removed with all in it at the end.
class Scratch {
 public:
  static Result<Scratch> make(const std::string& parent);
  Scratch(Scratch&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch();
  std::string store() const { return path_ + "/store"; }  // not there yet

 private:
  explicit Scratch(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

std::uint64_t resident_bytes();                                 // of this process, now
std::uint64_t descriptors_below(const std::string& directory);  // open ones on files in it

// The largest resident_bytes() since the last look, sampled every few milliseconds.
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

// Reads every table of the version whole and checks it. For a store's own directory on the real disk.
Status verify_tables(const Version& version, const Options& options);

}  // namespace mylonite::experiments
