// `mylonite-lab open` and `mylonite-lab recovery`: how long opening takes, with many tables and with much log.
//
// Files are in the page cache: what is measured is the engine, not the disk. Linux only (/proc, fork). Thread-safety:
// one thread a call; recovery forks, so no other thread may run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <mylonite/status.h>

namespace mylonite::experiments {

struct OpenArguments {
  std::uint64_t tables = 10'000;
  std::uint64_t rounds = 5;
  std::uint64_t open_files_max = 100;
  std::string directory{};  // empty: in the system's place for temporary files
};

struct OpenReport {
  std::uint64_t tables = 0;  // made: about as many as asked for
  std::uint64_t entries = 0;
  std::uint64_t disk_bytes = 0;
  double make_s = 0;
  // Medians over the rounds.
  double open_ms = 0;
  double open_cpu_ms = 0;  // of processor, all threads: what a busy machine does not change
  double first_get_ms = 0;
  double close_ms = 0;
  // Of the first round: after the open, and once a get has touched every table.
  std::uint64_t descriptors_open = 0;
  std::uint64_t descriptors_most = 0;  // files of the store held open, over all gets
  std::uint64_t descriptors_bound = 0;
  std::uint64_t rss_before = 0;
  std::uint64_t rss_open = 0;
  std::uint64_t rss_touched = 0;
  std::uint64_t metadata_bytes = 0;  // as the store says, then
  double touch_us = 0;               // mean of these gets
  std::string failure{};             // a wrong answer, or more descriptors than the bound
};
Result<OpenReport> run_open(const OpenArguments& arguments);

struct RecoveryArguments {
  std::vector<std::uint64_t> log_mib = {1, 8, 32, 64};
  std::string directory{};
};

struct RecoveryPoint {
  std::uint64_t log_bytes = 0;  // in the directory when the writer died
  std::uint64_t records = 0;    // replayed
  std::uint64_t tables = 0;     // made of them
  double open_ms = 0;
  double open_cpu_ms = 0;
  std::string failure{};  // a write that is lost, or wrong

  double mib_per_s() const;
};
Result<std::vector<RecoveryPoint>> run_recovery(const RecoveryArguments& arguments);

std::string json_report(const OpenReport& report);
std::string text_report(const OpenReport& report);
std::string json_report(const std::vector<RecoveryPoint>& points);
std::string text_report(const std::vector<RecoveryPoint>& points);

}  // namespace mylonite::experiments
