// The figures of one run of one workload, their medians over rounds, and their names in JSON. Values: no state.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"

namespace mylonite::experiments {

struct Figures {
  double operations = 0;
  double ops_per_s = 0;
  double settled_ops_per_s = 0;  // background work included
  double cpu_us_per_op = 0;      // all threads, until settled
  double p50_us = 0;             // 0: not measured (scans)
  double p99_us = 0;
  double p999_us = 0;
  double write_amp = 0;  // bytes written for each byte of keys and values put; 0 where nothing is put
  double space_amp = 0;  // bytes of files for each byte of live keys and values; 0 when nothing lives
  double rss_mb = 0;     // peak

  bool operator==(const Figures&) const = default;
};

struct FigureName {
  std::string_view name;
  double Figures::* member;
};
std::span<const FigureName> figure_names();

double median(std::vector<double> values);            // of an even number: the mean of the two in the middle
Figures medians(const std::vector<Figures>& rounds);  // figure by figure; at least one round

void add_figures(JsonObject& object, const Figures& figures);  // one member for each figure
std::string encode_figures(const Figures& figures);            // JSON, one line
bool decode_figures(std::string_view json, Figures& figures);  // false: not a result of encode_figures

}  // namespace mylonite::experiments
