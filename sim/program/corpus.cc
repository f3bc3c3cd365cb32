#include "sim/program/corpus.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "core/base/hash.h"
#include "core/cli/files.h"
#include "core/cli/interrupt.h"
#include "core/cli/output.h"
#include "sim/machine/fiber.h"
#include "sim/program/crash_report.h"
#include "sim/report/signature.h"
#include "sim/run/replay.h"
#include "sim/shrink/adapted_replay.h"
#include "sim/shrink/shrink.h"

namespace mylonite::sim {
namespace {

struct KeptFile {
  std::string path;
  std::uint64_t bytes = 0;
  Repro repro{};
};

RunSettings settings_of(const CorpusArguments& arguments) {
  return {.policies = arguments.source.generator.policies, .store = arguments.source.store};
}

struct Kept {
  std::vector<KeptFile> files{};
  std::optional<Error> unreadable{};  // of the first file that cannot be read; the others are still of use
};

Result<KeptFile> read_kept(const std::string& path) {
  const auto text = cli::read_file(path);
  if (!text.ok()) return text.error();
  auto repro = decode_repro(*text);
  if (!repro.ok()) return repro.error().in(path);
  return KeptFile{.path = path, .bytes = text->size(), .repro = std::move(*repro)};
}

// Every scenario file of the directory.
Result<Kept> files_of(const CorpusArguments& arguments) {
  const auto names = cli::names_in(arguments.directory);
  if (!names.ok()) return names.error();
  Kept kept;
  for (const std::string& name : *names) {
    if (!name.ends_with(".repro")) continue;
    auto file = read_kept(arguments.directory + "/" + name);
    if (file.ok()) {
      kept.files.push_back(std::move(*file));
    } else if (!kept.unreadable) {
      kept.unreadable = file.error();
    }
  }
  return kept;
}

struct Replayed {
  KeptFile file;
  AdaptedReplay replay;
};

struct ReplayedAll {
  std::vector<Replayed> runs{};
  std::optional<Error> unreadable{};  // as in Kept
};

Result<ReplayedAll> replay_all(const CorpusArguments& arguments) {
  auto kept = files_of(arguments);
  if (!kept.ok()) return kept.error();
  StackPool stacks;
  ReplayedAll all{.unreadable = kept->unreadable};
  for (KeptFile& file : kept->files) {
    if (cli::interrupt_asked()) break;
    this_thread_runs(file.path, shell_word(arguments.source.called_as) + " replay --adapt " + shell_word(file.path));
    AdaptedReplay replay = replay_adapted(file.repro, stacks, settings_of(arguments));
    all.runs.push_back({.file = std::move(file), .replay = std::move(replay)});
  }
  return all;
}

std::string summary_of(const std::vector<Replayed>& all, const std::string& directory) {
  std::array<std::uint64_t, 3> counts{};
  std::string text;
  for (const Replayed& each : all) {
    ++counts[static_cast<std::size_t>(each.replay.verdict)];
    if (each.replay.verdict == AdaptedVerdict::kFixed) continue;
    text += fmt::format("{}: {} (rule {})\n", to_string(each.replay.verdict), each.file.path, each.file.repro.rule);
  }
  return text + fmt::format("{}: {} files, {} reproduced, {} fixed, {} stale\n", directory, all.size(), counts[0],
                            counts[1], counts[2]);
}

// "invented-recovery-3f2a81c0.repro"
std::string name_for(const Signature& signature, const std::string& trace_hash) {
  std::string name = signature.rule + "-" + signature.operation;
  std::ranges::replace(name, ' ', '-');
  return fmt::format("{}-{}", name, trace_hash.substr(0, 8));
}

}  // namespace

Result<std::uint64_t> failures_in_corpus(const CorpusArguments& arguments) {
  const auto all = replay_all(arguments);
  if (!all.ok()) return all.error();
  if (const Status done = cli::print(summary_of(all->runs, arguments.directory)); !done.ok()) return done.error();
  if (all->unreadable) return *all->unreadable;  // it would be passed over for ever
  return static_cast<std::uint64_t>(std::ranges::count(all->runs, AdaptedVerdict::kReproduced,
                                                       [](const Replayed& each) { return each.replay.verdict; }));
}

cli::Ending corpus_run(const CorpusArguments& arguments) {
  cli::take_interrupts();
  report_crashes();
  const auto failures = failures_in_corpus(arguments);
  if (!failures.ok()) return {failures.error(), cli::Exit::kUnreadable};
  if (cli::interrupt_asked()) return cli::interrupt_exit();
  return *failures > 0 ? cli::Exit::kFinding : cli::Exit::kDone;
}

cli::Ending corpus_add(const CorpusArguments& arguments) {
  if (const Status made = cli::make_directory(arguments.directory); !made.ok()) return made;
  cli::take_interrupts();
  report_crashes();
  StackPool stacks;
  for (const std::string& path : arguments.files) {
    ScenarioArguments source = arguments.source;
    source.what = path;
    const auto named = scenario_from(source);
    if (const auto* refused = std::get_if<cli::Ending>(&named)) return *refused;
    const Scenario& scenario = std::get<NamedScenario>(named).scenario;
    this_thread_runs(path, replay_words(source, std::get<NamedScenario>(named)));
    const Shrunk small = shrink(scenario, stacks, settings_of(arguments),
                                {.time_ns = arguments.time_ns, .interrupt = &cli::interrupt_asked()});
    if (small.end == ShrinkEnd::kDidNotFail) {
      return {Error(Code::kInvalidArgument, "the run does not fail; a corpus keeps failures").in(path),
              cli::Exit::kNotReproduced};
    }
    const Signature signature = SignatureMaker().signature_of(*small.outcome.failure);
    Repro repro = repro_of(small.outcome);
    repro.program = arguments.source.program;
    const std::string stem = arguments.directory + "/" + name_for(signature, small.outcome.trace_hash);
    const auto kept = cli::keep_file(stem, ".repro", encode_repro(repro, {}));
    if (!kept.ok()) return kept.error();
    const Status done = cli::print(fmt::format("{}: {}\n", *kept, to_string(small.after)));
    if (!done.ok()) return done;
    if (cli::interrupt_asked()) return cli::interrupt_exit();
  }
  return cli::Exit::kDone;
}

cli::Ending corpus_prune(const CorpusArguments& arguments) {
  report_crashes();
  auto all = replay_all(arguments);
  if (!all.ok()) return {all.error(), cli::Exit::kUnreadable};
  std::ranges::stable_sort(all->runs, {}, [](const Replayed& each) { return each.file.bytes; });
  SignatureMaker signatures;
  std::map<Signature, std::string> kept;  // of those that fail now, to the file
  std::uint64_t removed = 0;
  const auto remove = [&](const Replayed& each, const std::string& why) -> Status {
    if (Status done = cli::remove_file(each.file.path); !done.ok()) return done;
    ++removed;
    return cli::print(fmt::format("removed {}: {}\n", each.file.path, why));
  };
  for (const Replayed& each : all->runs) {
    Status done;
    if (each.replay.verdict == AdaptedVerdict::kStale) {
      done = remove(each, "stale");
    } else if (each.replay.verdict == AdaptedVerdict::kReproduced) {
      const auto [other, first] =
          kept.try_emplace(signatures.signature_of(*each.replay.outcome.failure), each.file.path);
      if (!first) done = remove(each, "fails as " + other->second + " does, which is smaller");
    }
    if (!done.ok()) return done;
  }
  const Status done =
      cli::print(fmt::format("{}: {} files, {} removed\n", arguments.directory, all->runs.size(), removed));
  return all->unreadable && done.ok() ? cli::Ending(*all->unreadable, cli::Exit::kUnreadable) : cli::Ending(done);
}

}  // namespace mylonite::sim
