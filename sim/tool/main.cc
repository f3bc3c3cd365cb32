// mylonite-sim: runs the store through seeded crashes and replays what it found. See `mylonite-sim --help`.
#include <charconv>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "core/base/release.h"
#include "sim/tool/commands.h"

namespace {

using mylonite::sim::GeneratorOptions;

// What CLI11 fills and does not know how to check.
struct Words {
  std::string seeds = "0:1000";
  std::string seed;
  std::string time;
  std::string shard;
  std::string fs;
};

bool parse_pair(const std::string& text, char between, std::uint64_t& first, std::uint64_t& second) {
  const std::size_t at = text.find(between);
  if (at == std::string::npos) return false;
  const char* start = text.data();
  const char* middle = start + at;
  const char* end = start + text.size();
  const auto left = std::from_chars(start, middle, first);
  const auto right = std::from_chars(middle + 1, end, second);
  return left.ec == std::errc{} && left.ptr == middle && right.ec == std::errc{} && right.ptr == end;
}

// "60s", "5m", "2h" → nanoseconds.
bool parse_duration(const std::string& text, std::uint64_t& ns) {
  std::uint64_t count = 0;
  const auto [unit, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string rest(unit, static_cast<std::size_t>(text.data() + text.size() - unit));
  const std::uint64_t seconds = rest == "s" ? 1 : rest == "m" ? 60 : rest == "h" ? 3600 : 0;
  ns = count * seconds * 1'000'000'000;
  return error == std::errc{} && seconds > 0 && count > 0 && count < 1'000'000;
}

void add_generator_options(CLI::App& command, GeneratorOptions& options, Words& words) {
  command.add_option("--ops", options.operations, "operations a seed")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000'000));
  command.add_option("--crashes", options.crashes, "crashes a seed")
      ->capture_default_str()
      ->check(CLI::Range(0, 100'000));
  command.add_option("--profile", options.profile, "how wild")
      ->capture_default_str()
      ->check(CLI::IsMember({"smoke", "default", "harsh"}));
  command.add_option("--fs", words.fs, "what an unsynced name may do at a power loss (default: drawn)")
      ->check(CLI::IsMember({"ordered", "reordering", "posix"}));
  command.add_flag_callback(
      "--liar", [&options] { options.liar = true; }, "syncs may lie (default: in one seed of ten)");
  command.add_flag_callback("--no-liar", [&options] { options.liar = false; }, "syncs never lie");
}

void apply_fs(const Words& words, GeneratorOptions& options) {
  using mylonite::faultfs::NameOrder;
  if (words.fs == "ordered") options.names = NameOrder::kOrdered;
  if (words.fs == "reordering") options.names = NameOrder::kReordering;
  if (words.fs == "posix") options.names = NameOrder::kPosix;
}

void add_run_options(CLI::App& command, mylonite::sim::RunArguments& arguments, Words& words) {
  auto& campaign = arguments.campaign;
  auto* seeds = command.add_option("--seeds", words.seeds, "A:B, half-open")->capture_default_str();
  command.add_option("--seed", words.seed, "one seed")->excludes(seeds);
  command.add_option("--time", words.time, "from seed A on for 60s, 5m or 2h; stops between seeds");
  command.add_option("--shard", words.shard, "I/N: every N-th seed, from the I-th (0 ≤ I < N)");
  command.add_option("--jobs", campaign.workers, "worker threads")->capture_default_str()->check(CLI::Range(1, 256));
  command.add_option("--check-determinism", campaign.determinism_percent, "percent of seeds to run twice")
      ->capture_default_str()
      ->check(CLI::Range(0, 100));
  add_generator_options(command, campaign.generator, words);
}

// Empty: fine. Otherwise what is wrong.
std::string resolve(const Words& words, mylonite::sim::CampaignOptions& campaign) {
  std::string seeds = words.seeds;
  std::uint64_t single = 0;
  if (!words.seed.empty()) {
    const auto [end, error] = std::from_chars(words.seed.data(), words.seed.data() + words.seed.size(), single);
    if (error != std::errc{} || end != words.seed.data() + words.seed.size())
      return "--seed: expected a number, found '" + words.seed + "'";
    seeds = fmt::format("{}:{}", single, single + 1);
  }
  if (!parse_pair(seeds, ':', campaign.first_seed, campaign.end_seed) || campaign.first_seed >= campaign.end_seed) {
    return "--seeds: expected A:B with A < B, found '" + seeds + "'";
  }
  if (!words.time.empty()) {
    if (!parse_duration(words.time, campaign.stop_after_ns))
      return "--time: expected 60s, 5m or 2h, found '" + words.time + "'";
    campaign.end_seed = UINT64_MAX;
  }
  if (!words.shard.empty()) {
    if (!parse_pair(words.shard, '/', campaign.shard, campaign.shards) || campaign.shard >= campaign.shards) {
      return "--shard: expected I/N with I < N, found '" + words.shard + "'";
    }
  }
  apply_fs(words, campaign.generator);
  return "";
}

int usage(const std::string& what) {
  std::fprintf(stderr, "mylonite-sim: %s\n", what.c_str());
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "mylonite-sim: a store on a simulated disk, crashed and judged\n"
      "example: mylonite-sim run --seeds 0:1000 --ops 1000 --crashes 10"};
  app.set_version_flag("--version", fmt::format("mylonite-sim {}", mylonite::kRelease));
  app.require_subcommand(0, 1);  // none is refused below: CLI11 would not name a misspelt one
  Words words;
  mylonite::sim::RunArguments run;
  mylonite::sim::ReplayArguments replay;

  CLI::App* run_command = app.add_subcommand("run", "run seeds\nexample: mylonite-sim run --time 60s --jobs 2");
  add_run_options(*run_command, run, words);
  run_command->add_flag("--until-failure", run.campaign.until_failure, "begin no seed after one failed");
  run_command->add_flag("--unreadable-arenas", run.campaign.unreadable_heaps,
                        "a dead machine's memory is left without access, so that a stray access faults");
  run_command->add_flag("--require-marks", run.require_marks, "fail when a mark was never reached");
  run_command->add_option("--jsonl", run.jsonl, "write one JSON object a line to this file");
  run_command->add_option("--out", run.out_directory, "directory for scenario files")->capture_default_str();
  run_command->add_flag("--json", run.json, "the summary as JSON");

  CLI::App* marks_command = app.add_subcommand(
      "marks", "run seeds and print how often each mark was reached\nexample: mylonite-sim marks --seeds 0:10000");
  add_run_options(*marks_command, run, words);

  CLI::App* replay_command = app.add_subcommand(
      "replay", "run one scenario again and tell its story\nexample: mylonite-sim replay seed-42.repro");
  replay_command->add_option("what", replay.what, "a .repro file, or a seed (then with the run's --ops, --crashes, …)")
      ->required();
  add_generator_options(*replay_command, replay.generator, words);
  replay_command->add_flag("--trace", replay.trace, "print every event");
  replay_command->add_option("--story", replay.story_lines, "how many last lines of the story")->capture_default_str();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (app.get_subcommands().empty()) return usage("expected a command: run, marks or replay (see --help)");
  if (*replay_command) {
    apply_fs(words, replay.generator);
    return mylonite::sim::replay_command(replay);
  }
  if (const std::string wrong = resolve(words, run.campaign); !wrong.empty()) return usage(wrong);
  run.show_marks = static_cast<bool>(*marks_command);
  return mylonite::sim::run_command(run);
}
