// `mylonite-lab open` and `mylonite-lab recovery`: the time of an open, with many tables and with long logs.
//
// Files are in the page cache, so the engine is measured, not the disk. Linux only (/proc, fork). Thread-safety: one
// thread a call; recovery forks, so no other thread may run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <mylonite/status.h>

#include "experiments/bench/stop.h"

namespace mylonite::experiments {

struct OpenArguments {
  std::uint64_t tables = 10'000;
  std::uint64_t rounds = 5;
  std::uint64_t open_files_max = 100;
  std::string directory{};  // empty: in the system's place for temporary files
  Stop stop{};
};

struct OpenReport {
  std::uint64_t tables = 0;  // made: about the requested number
  std::uint64_t entries = 0;
  std::uint64_t disk_bytes = 0;
  double make_s = 0;
  // Medians over the rounds.
  double open_ms = 0;
  double open_cpu_ms = 0;  // processor time of all threads: independent of other load
  double first_get_ms = 0;
  double close_ms = 0;
  // Of the first round: after the open, and after a get in every table.
  std::uint64_t descriptors_open = 0;
  std::uint64_t descriptors_most = 0;  // the most open files of the store, during all gets
  std::uint64_t descriptors_bound = 0;
  std::uint64_t rss_before = 0;
  std::uint64_t rss_open = 0;
  std::uint64_t rss_touched = 0;
  std::uint64_t metadata_bytes = 0;  // by the store's figures, after the gets
  double touch_us = 0;               // mean of these gets
  std::string failure{};             // a wrong answer, or more descriptors than the bound
};
Result<OpenReport> run_open(const OpenArguments& arguments);

struct RecoveryArguments {
  std::vector<std::uint64_t> log_mib = {1, 8, 32, 64};
  std::string directory{};
  Stop stop{};
};

struct RecoveryPoint {
  std::uint64_t log_bytes = 0;  // in the directory when the writer died
  std::uint64_t records = 0;    // replayed
  std::uint64_t tables = 0;     // made of the records
  double open_ms = 0;
  double open_cpu_ms = 0;
  std::string failure{};  // a lost or wrong write

  double mib_per_s() const;
};
Result<std::vector<RecoveryPoint>> run_recovery(const RecoveryArguments& arguments);

std::string json_report(const OpenReport& report);
std::string text_report(const OpenReport& report);
std::string json_report(const std::vector<RecoveryPoint>& points);
std::string text_report(const std::vector<RecoveryPoint>& points);

}  // namespace mylonite::experiments
