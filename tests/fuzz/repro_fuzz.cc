// A scenario file whose checksum is right: it is read or refused with words, and what was read can be written.
#include <nlohmann/json.hpp>

#include "sim/scenario/generator.h"
#include "sim/scenario/repro.h"
#include "tests/fuzz/input.h"

namespace mylonite {
namespace fuzz {

std::vector<std::string> seeds() {
  std::vector<std::string> all;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    all.push_back(sim::encode_repro({.scenario = sim::generate(seed, {.operations = 12, .crashes = 2})}, {}));
  }
  return all;
}

}  // namespace fuzz

void read_one(const std::string& text) {
  static_cast<void>(sim::decode_repro(text).ok());
  auto json = nlohmann::ordered_json::parse(text, nullptr, false);
  if (!json.is_object()) return;
  json.erase("checksum");
  const auto lenient = nlohmann::ordered_json::error_handler_t::replace;
  json["checksum"] = sim::repro_checksum(json.dump(-1, ' ', false, lenient));
  const auto repro = sim::decode_repro(json.dump(-1, ' ', false, lenient));
  if (repro.ok()) fuzz::claim(!sim::encode_repro(*repro, {}).empty());
}

}  // namespace mylonite

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mylonite::read_one(std::string(mylonite::fuzz::view_of(data, size)));
  return 0;
}
