#include "experiments/bench/figures.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace mylonite::experiments {
namespace {

constexpr FigureName kNames[] = {
    {"operations", &Figures::operations},
    {"ops_per_s", &Figures::ops_per_s},
    {"settled_ops_per_s", &Figures::settled_ops_per_s},
    {"cpu_us_per_op", &Figures::cpu_us_per_op},
    {"p50_us", &Figures::p50_us},
    {"p99_us", &Figures::p99_us},
    {"p999_us", &Figures::p999_us},
    {"write_amp", &Figures::write_amp},
    {"space_amp", &Figures::space_amp},
    {"rss_mb", &Figures::rss_mb},
};

}  // namespace

std::span<const FigureName> figure_names() { return kNames; }

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

Figures medians(const std::vector<Figures>& rounds) {
  Figures result;
  for (const FigureName& figure : kNames) {
    std::vector<double> values;
    for (const Figures& round : rounds) values.push_back(round.*figure.member);
    result.*figure.member = median(std::move(values));
  }
  return result;
}

void add_figures(JsonObject& object, const Figures& figures) {
  for (const FigureName& figure : kNames) object.real(figure.name, figures.*figure.member);
}

std::string encode_figures(const Figures& figures) {
  JsonObject object;
  add_figures(object, figures);
  return object.object();
}

bool decode_figures(std::string_view text, Figures& figures) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return false;
  for (const FigureName& figure : kNames) {
    const auto found = json.find(figure.name);
    if (found == json.end() || !found->is_number()) return false;
    figures.*figure.member = found->get<double>();
  }
  return true;
}

}  // namespace mylonite::experiments
