// A filter's payload: what was built holds every key that was added, and any bytes are read or refused.
#include "core/sst/filter.h"
#include "tests/fuzz/input.h"

namespace mylonite {
namespace fuzz {

std::vector<std::string> seeds() {
  FilterBuilder some(filter_rate(0.01));
  for (int i = 0; i < 40; ++i) some.add("key" + std::to_string(i));
  FilterBuilder none(filter_rate(0.5));
  return {some.finish(), none.finish()};
}

}  // namespace fuzz

void read_one(std::string_view input) {
  const auto filter = Filter::parse(input);
  if (filter.ok()) static_cast<void>(filter->may_contain(input.substr(0, input.size() / 2)));
  FilterBuilder builder(filter_rate(0.1));
  for (std::size_t at = 0; at + 4 <= input.size() && at < 400; at += 4) builder.add(input.substr(at, 4));
  const auto built = Filter::parse(builder.finish());
  fuzz::claim(built.ok());
  for (std::size_t at = 0; at + 4 <= input.size() && at < 400; at += 4) {
    fuzz::claim(built->may_contain(input.substr(at, 4)));
  }
}

}  // namespace mylonite

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mylonite::read_one(mylonite::fuzz::view_of(data, size));
  return 0;
}
