// The main function of a fuzz target without a fuzzer. TARGET [FILE...] runs the seeds, then the files.
// TARGET --seeds DIR writes the seeds for the fuzzer.
#include <cstdio>
#include <fstream>
#include <iterator>

#include "tests/fuzz/input.h"

namespace {

void run(const std::string& input) {
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

// Also every shorter form of a small seed, and each with one byte changed: what a fuzzer would try first.
void run_near(const std::string& seed) {
  run(seed);
  const std::size_t most = seed.size() < 400 ? seed.size() : 400;
  for (std::size_t i = 0; i < most; ++i) {
    run(seed.substr(0, i));
    std::string changed = seed;
    changed[i] = static_cast<char>(changed[i] ^ 0x55);
    run(changed);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::vector<std::string> seeds = mylonite::fuzz::seeds();
  if (arguments.size() == 2 && arguments[0] == "--seeds") {
    for (std::size_t i = 0; i < seeds.size(); ++i) {
      std::ofstream(arguments[1] + "/seed-" + std::to_string(i), std::ios::binary) << seeds[i];
    }
    return 0;
  }
  for (const std::string& seed : seeds) run_near(seed);
  for (const std::string& path : arguments) {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      std::fprintf(stderr, "%s: cannot be read\n", path.c_str());
      return 1;
    }
    run({std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()});
  }
  std::printf("%zu seeds and what is near them, %zu files\n", seeds.size(), arguments.size());
  return 0;
}
