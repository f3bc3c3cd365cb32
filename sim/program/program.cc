#include <mylonite/sim/program.h>

#include <sys/resource.h>

#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "core/cli/output.h"
#include "core/cli/program.h"
#include "core/compaction/policies.h"
#include "sim/machine/machine_heap.h"
#include "sim/program/commands.h"
#include "sim/program/corpus.h"
#include "sim/program/parameters.h"
#include "sim/report/report.h"

namespace mylonite::sim {
namespace {

bool parse_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

bool parse_pair(std::string_view text, char between, std::uint64_t& first, std::uint64_t& second) {
  const std::size_t at = text.find(between);
  return at != std::string_view::npos && parse_number(text.substr(0, at), first) &&
         parse_number(text.substr(at + 1), second);
}

// "60s", "5m", "2h" → nanoseconds.
bool parse_duration(std::string_view text, std::uint64_t& ns) {
  if (text.empty()) return false;
  const char unit = text.back();
  const std::uint64_t seconds = unit == 's' ? 1 : unit == 'm' ? 60 : unit == 'h' ? 3600 : 0;
  std::uint64_t count = 0;
  if (!parse_number(text.substr(0, text.size() - 1), count)) return false;
  ns = count * seconds * 1'000'000'000;
  return seconds > 0 && count > 0 && count < 1'000'000;
}

void apply_fs(const Words& words, GeneratorOptions& options) {
  using faultfs::NameOrder;
  if (words.fs == "ordered") options.names = NameOrder::kOrdered;
  if (words.fs == "reordering") options.names = NameOrder::kReordering;
  if (words.fs == "posix") options.names = NameOrder::kPosix;
}

Error expected(const char* option, const char* what, const std::string& found) {
  return Error(Code::kInvalidArgument, fmt::format("{}: expected {}, found '{}'", option, what, found));
}

Status resolve(const Words& words, CampaignOptions& campaign) {
  std::string seeds = words.seeds;
  if (!words.seed.empty()) {
    std::uint64_t seed = 0;
    if (!parse_number(words.seed, seed) || seed == UINT64_MAX) {
      return expected("--seed", "a number from 0 to 18446744073709551614", words.seed);
    }
    seeds = fmt::format("{}:{}", seed, seed + 1);
  }
  if (!parse_pair(seeds, ':', campaign.first_seed, campaign.end_seed) || campaign.first_seed >= campaign.end_seed) {
    return expected("--seeds", "A:B with A < B", seeds);
  }
  if (!words.time.empty()) {
    if (!parse_duration(words.time, campaign.stop_after_ns)) return expected("--time", "60s, 5m or 2h", words.time);
    campaign.end_seed = UINT64_MAX;
  }
  if (!words.shard.empty()) {
    if (!parse_pair(words.shard, '/', campaign.shard, campaign.shards) || campaign.shard >= campaign.shards) {
      return expected("--shard", "I/N with I < N", words.shard);
    }
  }
  apply_fs(words, campaign.generator);
  return {};
}

// Every thread that simulates takes its own range of addresses, at the first seed.
std::optional<cli::Ending> refuse_small_address_space(std::uint64_t threads) {
  constexpr std::uint64_t kOthers = std::uint64_t{1} << 30;  // of the program itself
  const std::uint64_t wanted = threads * heap_address_bytes() + kOthers;
  rlimit limit{};
  const bool known = heap_address_bytes() > 0 && getrlimit(RLIMIT_AS, &limit) == 0;
  if (!known || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= wanted) return std::nullopt;
  cli::Ending refused(
      Error(Code::kIo, fmt::format("the limit on addresses (`ulimit -v`) is {} KiB; {} needs {} KiB of "
                                   "addresses, though little memory",
                                   limit.rlim_cur >> 10,
                                   threads == 1 ? "a simulation" : fmt::format("--jobs {}", threads), wanted >> 10)),
      cli::Exit::kEnvironment);
  refused.next = "raise the limit (`ulimit -v unlimited`), or limit memory in another way";
  return refused;
}

// The program's arguments, and what each command does with them.
class SimulatorProgram {
 public:
  SimulatorProgram(const std::string& called_as, const ProgramParts& parts) : parts_(parts) {
    run_.program = parts.name;
    run_.called_as = called_as;
    run_.campaign.generator.policies = parts.compaction_policies;
    run_.campaign.store = parts.store;
    run_.campaign.generator.for_every_store = parts.store != nullptr;
    replay_.source = {.program = run_.program,
                      .called_as = run_.called_as,
                      .what = "",
                      .generator = run_.campaign.generator,
                      .store = parts.store};
    merge_.program = parts.name;
    shrink_.source = report_.source = corpus_.source = replay_.source;
  }

  std::vector<cli::Command> commands() {
    const std::string& name = parts_.name;
    return {{.name = "run",
             .what = "run seeds",
             .example = name + " run --time 60s --jobs 2",
             .parameters = run_parameters(run_, words_),
             .run = [this] { return run_seeds(false); }},
            {.name = "marks",
             .what = "run seeds and print how often each mark was reached",
             .example = name + " marks --seeds 0:10000",
             .parameters = campaign_parameters(run_.campaign, words_),
             .run = [this] { return run_seeds(true); }},
            {.name = "replay",
             .what = "run one scenario again and print its story",
             .example = name + " replay seed-42.repro",
             .parameters = replay_parameters(replay_, words_),
             .run = [this] { return replay_one(); }},
            {.name = "shrink",
             .what = "find the smallest scenario that fails alike",
             .example = name + " shrink seed-42.repro --time 30s",
             .parameters = shrink_parameters(shrink_, words_),
             .run = [this] { return shrink_one(); }},
            {.name = "report",
             .what = "write one run as an HTML page that needs nothing else",
             .example = name + " report seed-42.repro -o seed-42.html",
             .parameters = report_parameters(report_, words_),
             .run = [this] { return report_one(report_command); }},
            {.name = "trace",
             .what = "print every event of one run, or write them for Perfetto",
             .example = name + " trace seed-42.repro --perfetto seed-42.json",
             .parameters = trace_parameters(report_, words_),
             .run = [this] { return report_one(trace_command); }},
            {.name = "merge",
             .what = "one campaign from the --jsonl files of its shards, in any order; as a page, too",
             .example = name + " merge shard-0.jsonl shard-1.jsonl -o campaign.html",
             .parameters = merge_parameters(merge_),
             .run = [this] { return merge_command(merge_); }},
            {.name = "corpus run",
             .what = "replay every kept failure: reproduced, fixed or stale",
             .example = name + " corpus run found",
             .parameters = corpus_parameters(corpus_),
             .run = [this] { return corpus(corpus_run); }},
            {.name = "corpus add",
             .what = "shrink failures and keep them",
             .example = name + " corpus add found seed-42.repro",
             .parameters = corpus_add_parameters(corpus_, words_),
             .run = [this] { return corpus(corpus_add); }},
            {.name = "corpus prune",
             .what = "remove stale files, and those that fail as a smaller one does",
             .example = name + " corpus prune found",
             .parameters = corpus_parameters(corpus_),
             .run = [this] { return corpus(corpus_prune); }},
            {.name = "rules",
             .what = "print what each rule of a failure means",
             .example = name + " rules",
             .parameters = {},
             .run = [] { return cli::Ending(cli::print(rules_text())); }}};
  }

 private:
  cli::Ending run_seeds(bool show_marks) {
    if (Status good = resolve(words_, run_.campaign); !good.ok()) return good.error();
    if (parts_.store && (show_marks || run_.require_marks)) {
      return Error(Code::kInvalidArgument, "marks are places in Mylonite: the store of this program has none");
    }
    if (const auto refused = refuse_small_address_space(run_.campaign.workers)) return *refused;
    run_.show_marks = show_marks;
    if (words_.shrink == "0s") {
      run_.shrink_ns = 0;
    } else if (!words_.shrink.empty() && !parse_duration(words_.shrink, run_.shrink_ns)) {
      return expected("--shrink", "0s, 10s or 2m", words_.shrink);
    }
    return run_command(run_);
  }

  std::optional<cli::Ending> prepare(ScenarioArguments& source) const {
    apply_fs(words_, source.generator);
    source.generator_given = words_.generator_given;
    return refuse_small_address_space(1);
  }

  cli::Ending replay_one() {
    if (const auto refused = prepare(replay_.source)) return *refused;
    return replay_command(replay_);
  }

  cli::Ending shrink_one() {
    if (const auto refused = prepare(shrink_.source)) return *refused;
    if (!words_.time.empty() && !parse_duration(words_.time, shrink_.time_ns)) {
      return expected("--time", "60s, 5m or 2h", words_.time);
    }
    return shrink_command(shrink_);
  }

  cli::Ending corpus(cli::Ending (*command)(const CorpusArguments&)) {
    if (const auto refused = prepare(corpus_.source)) return *refused;
    if (!words_.time.empty() && !parse_duration(words_.time, corpus_.time_ns)) {
      return expected("--time", "10s, 5m or 2h", words_.time);
    }
    return command(corpus_);
  }

  cli::Ending report_one(cli::Ending (*command)(const ReportArguments&)) {
    if (const auto refused = prepare(report_.source)) return *refused;
    return command(report_);
  }

  const ProgramParts& parts_;
  Words words_{};
  RunArguments run_{};
  ReplayArguments replay_{};
  ShrinkArguments shrink_{};
  ReportArguments report_{};
  MergeArguments merge_{};
  CorpusArguments corpus_{};
};

std::vector<cli::ExitMeaning> exit_meanings() {
  using cli::Exit;
  return {{.code = Exit::kDone, .meaning = "every seed passed"},
          {.code = Exit::kFinding, .meaning = "a property is violated"},
          {.code = Exit::kUsage, .meaning = "bad command line"},
          {.code = Exit::kNotDeterministic, .meaning = "two runs of a seed differ"},
          {.code = Exit::kNothingRan, .meaning = "nothing ran"},
          {.code = Exit::kUnreadable, .meaning = "the scenario file is damaged, or of a newer format"},
          {.code = Exit::kNotReproduced, .meaning = "the replay differs from its file"},
          {.code = Exit::kEnvironment, .meaning = "a file or the machine failed"},
          {.code = Exit::kInternal, .meaning = "the simulator itself is wrong"},
          {.code = Exit::kInterrupted, .meaning = "stopped by SIGINT, results kept; by SIGTERM 143"}};
}

}  // namespace

int run_program(int argc, const char* const* argv, const ProgramParts& parts) {
  if (const Status sound = check_registry(parts.compaction_policies); !sound.ok()) {
    cli::print_error(fmt::format("{}: {}\n", parts.name, sound.error().to_string()));
    return static_cast<int>(cli::Exit::kInternal);
  }
  SimulatorProgram simulator(argc > 0 ? argv[0] : parts.name, parts);
  const cli::Program program{.name = parts.name,
                             .what = parts.name + ": crashes a store on a simulated disk, and checks it",
                             .example = parts.name + " run --seeds 0:1000 --ops 1000 --crashes 10",
                             .groups = {{.name = "corpus", .what = "failures that were found once"}},
                             .commands = simulator.commands(),
                             .exits = exit_meanings(),
                             .see_also = {"mylonite", "mylonite-lab"}};
  return cli::run_program(program, argc, argv);
}

}  // namespace mylonite::sim
