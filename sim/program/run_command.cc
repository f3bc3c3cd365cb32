#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "core/cli/files.h"
#include "core/cli/interrupt.h"
#include "core/cli/output.h"
#include "core/rt/rt.h"
#include "sim/campaign/campaign_lines.h"
#include "sim/campaign/campaign_text.h"
#include "sim/campaign/failure_groups.h"
#include "sim/campaign/junit.h"
#include "sim/machine/fiber.h"
#include "sim/program/commands.h"
#include "sim/program/corpus.h"
#include "sim/program/crash_report.h"
#include "sim/program/output_checks.h"
#include "sim/program/shrink_progress.h"
#include "sim/report/report.h"
#include "sim/run/replay.h"
#include "sim/scenario/repro.h"
#include "sim/shrink/decisions.h"
#include "sim/shrink/shrink.h"
#include "sim/shrink/shrink_text.h"

namespace mylonite::sim {
namespace {

constexpr std::string_view kInterrupted =
    "\ninterrupted; the program ends when the seeds that run have stopped; a third signal ends it now\n";

// Progress on a terminal: one line, rewritten a few times a second.
class Progress {
 public:
  explicit Progress(const CampaignOptions& options) : options_(options), started_(rt::monotonic_ns()) {}
  ~Progress() { clear(); }

  void seed_done(std::uint64_t crashes) {
    ++seeds_;
    crashes_ += crashes;
    const std::uint64_t now = rt::monotonic_ns();
    if (!terminal_ || now - shown_ < 200'000'000) return;
    shown_ = now;
    const double elapsed = static_cast<double>(now - started_) / 1e9;
    std::string line = fmt::format("\r\x1b[K{} seeds, {} crashes survived, {:.0f} seeds/s", seeds_, crashes_,
                                   static_cast<double>(seeds_) / elapsed);
    if (options_.stop_after_ns != UINT64_MAX) {
      line += fmt::format(", {:.0f} of {:.0f} s", elapsed, static_cast<double>(options_.stop_after_ns) / 1e9);
    } else {
      line += fmt::format(" of {}", (options_.end_seed - options_.first_seed) / options_.shards);
    }
    cli::print_error(line);
  }
  void clear() const {
    if (terminal_ && shown_ > 0) cli::print_error("\r\x1b[K");
  }

 private:
  const CampaignOptions& options_;
  const bool terminal_ = cli::errors_go_to_a_terminal();
  const std::uint64_t started_;
  std::uint64_t shown_ = 0;
  std::uint64_t seeds_ = 0;
  std::uint64_t crashes_ = 0;
};

class RunCommand {
 public:
  explicit RunCommand(const RunArguments& arguments) : arguments_(arguments), progress_(arguments.campaign) {}

  cli::Ending execute();

 private:
  void on_seed(const SeedResult& result);
  void note_failure(const SeedResult& result);
  Shrunk shrunk(const FailureGroup& group) const;
  void tell(const FailureGroup& group, const Shrunk& small);
  void tell_groups();
  std::string save_scenario(const Outcome& outcome, const std::string& name);
  Status prepare();
  void add_line(const std::string& json);
  void write_junit(const Campaign& campaign);
  void report_io(const Error& error);
  cli::Exit exit_code(const Campaign& campaign) const;

  const RunArguments& arguments_;
  Progress progress_;
  std::optional<cli::LineFile> lines_{};  // of --jsonl, until it is complete or fails
  std::optional<cli::LineFile> junit_{};  // of --junit
  FailureGroups groups_{};
  bool io_failed_ = false;
};

std::string RunCommand::save_scenario(const Outcome& outcome, const std::string& name) {
  Repro repro = repro_of(outcome);
  repro.program = arguments_.program;
  const auto path =
      cli::keep_file(arguments_.out_directory + "/" + name, ".repro", encode_repro(repro, outcome.recent));
  if (path.ok()) return *path;
  report_io(path.error());
  return "";
}

// The scenario of the first failures of each signature is saved at once; a line names the first.
void RunCommand::note_failure(const SeedResult& result) {
  constexpr std::size_t kSavedOfAGroup = 10;
  FailureGroup& group = groups_.group_of(result.outcome);
  const bool first = group.seeds.empty();
  const bool saved = group.seeds.size() < kSavedOfAGroup;
  const std::string artifact = saved ? save_scenario(result.outcome, fmt::format("seed-{}", result.seed)) : "";
  add_line(failure_json(result, group.signature, artifact));
  groups_.add(group, result.outcome, artifact);
  if (!first) return;
  progress_.clear();
  cli::print_error(fmt::format("FAILED  seed {}  {}  {}\n", result.seed, to_string(group.signature), artifact));
}

// The smallest failure of a group, shrunk. Without time for that, and after an interrupt, as it is.
Shrunk RunCommand::shrunk(const FailureGroup& group) const {
  StackPool stacks;
  const CampaignOptions& campaign = arguments_.campaign;
  const RunSettings settings{.policies = campaign.generator.policies, .store = campaign.store};
  ShrinkProgress progress;
  const HangsOfCandidates soon(group.signature.rule);
  return shrink(group.smallest.recorded, stacks, settings,
                {.time_ns = arguments_.shrink_ns,
                 .interrupt = &cli::interrupt_asked(),
                 .on_smaller = [&](const ScenarioSize& size, std::uint64_t runs) { progress.show(size, runs); }});
}

// Prints one failure with its story.
void RunCommand::tell(const FailureGroup& group, const Shrunk& small) {
  constexpr std::size_t kStoryLines = 30;
  const HangsOfCandidates soon(group.signature.rule);
  StackPool stacks;
  const CampaignOptions& campaign = arguments_.campaign;
  RunSettings settings{.policies = campaign.generator.policies, .store = campaign.store};
  RunSettings telling = settings;
  telling.story_lines = kStoryLines;
  const Outcome with_story = run(small.outcome.recorded, stacks, telling);
  const bool smaller = small.after < small.before;
  const std::string artifact =
      smaller ? save_scenario(small.outcome, fmt::format("seed-{}.small", small.outcome.recorded.seed))
              : group.artifact;
  const std::string again =
      artifact.empty() ? fmt::format("{} {}", group.smallest.recorded.seed, generator_words(campaign.generator))
                       : shell_word(artifact);
  add_line(signature_json(group, smaller ? &small : nullptr, artifact));
  FailureContext context{.replay_command = shell_word(arguments_.called_as) + " replay " + again,
                         .artifact = artifact,
                         .seeds = seeds_text(group.seeds)};
  if (!artifact.empty()) {
    const std::string page = artifact.substr(0, artifact.rfind(".repro")) + ".html";
    context.report_command =
        fmt::format("{} report {} -o {}", shell_word(arguments_.called_as), again, shell_word(page));
  }
  if (smaller) context.shrunk = shrunk_text(small);
  if (smaller) context.decisions = to_string(effects_of_decisions(small.outcome.recorded, stacks, settings));
  cli::print_error(failure_text(with_story.failure ? with_story : group.smallest, context));
}

// One story a signature, the smallest first; the others are named. Groups whose shrunk failures are alike share one.
void RunCommand::tell_groups() {
  constexpr std::size_t kPrintedInFull = 3;
  const std::vector<const FailureGroup*> all = groups_.smallest_first();
  std::set<Signature> printed;
  SignatureMaker signatures;
  for (const FailureGroup* group : all) {
    if (printed.size() >= kPrintedInFull) {
      cli::print_error(fmt::format("\nFAILED  {}\n  seeds {}\n  scenario: {}\n", to_string(group->signature),
                                   seeds_text(group->seeds), group->artifact));
      add_line(signature_json(*group, nullptr, group->artifact));
      continue;
    }
    const Shrunk small = shrunk(*group);
    const Outcome& outcome = small.outcome.failure ? small.outcome : group->smallest;
    if (printed.insert(signatures.signature_of(*outcome.failure)).second) {
      tell(*group, small.outcome.failure ? small : Shrunk{.outcome = group->smallest});
      continue;
    }
    cli::print_error(fmt::format("\nFAILED  {}, which shrinks to a failure above\n  seeds {}\n",
                                 to_string(group->signature), seeds_text(group->seeds)));
    add_line(signature_json(*group, nullptr, group->artifact));
  }
}

void RunCommand::on_seed(const SeedResult& result) {
  if (result.outcome.interrupted) {
    const std::string path = save_scenario(result.outcome, fmt::format("interrupted-seed-{}", result.seed));
    if (!path.empty()) {
      cli::print_error(fmt::format("\ninterrupted in seed {}; its run so far: {}\n", result.seed, path));
    }
    return;
  }
  if (lines_) add_line(seed_json(result));
  if (result.outcome.failure) note_failure(result);
  if (!result.difference.empty()) {
    progress_.clear();
    cli::print_error(fmt::format("NOT DETERMINISTIC  seed {}: {}\n", result.seed, result.difference));
  }
  progress_.seed_done(result.outcome.stats.crashes);
}

cli::Exit RunCommand::exit_code(const Campaign& campaign) const {
  if (campaign.interrupted || cli::interrupt_asked()) return cli::interrupt_exit();
  if (io_failed_) return cli::Exit::kEnvironment;
  if (campaign.nondeterministic > 0) return cli::Exit::kNotDeterministic;
  if (campaign.failures > 0) return cli::Exit::kFinding;
  if (campaign.seeds == 0 || campaign.nothing_ran == campaign.seeds) return cli::Exit::kNothingRan;
  if (arguments_.require_marks && !campaign.stats.coverage.missing().empty()) {
    cli::print_error(fmt::format("marks never reached: {}\n", campaign.stats.coverage.missing()));
    return cli::Exit::kFinding;
  }
  return cli::Exit::kDone;
}

// Checks the destinations of results before the first seed: a long run must not end without a place for them.
Status RunCommand::prepare() {
  if (Status made = cli::make_directory(arguments_.out_directory); !made.ok()) return made;
  if (Status can = cli::check_writable(arguments_.out_directory + "/.scenario"); !can.ok()) return can;
  if (!arguments_.junit.empty()) {
    auto file = cli::LineFile::create(arguments_.junit);
    if (!file.ok()) return file.error();
    junit_ = std::move(*file);
  }
  if (arguments_.jsonl.empty()) return {};
  auto file = cli::LineFile::create(arguments_.jsonl);
  if (!file.ok()) return file.error();
  lines_ = std::move(*file);
  add_line(run_start_json(arguments_.campaign, arguments_.program, generator_words(arguments_.campaign.generator)));
  return {};
}

void RunCommand::write_junit(const Campaign& campaign) {
  if (!junit_) return;
  Status written = junit_->add(junit_xml(campaign, groups_.smallest_first(), arguments_.program));
  if (written.ok()) written = junit_->complete();
  if (!written.ok()) report_io(written.error());
}

void RunCommand::add_line(const std::string& json) {
  if (!lines_) return;
  const Status written = lines_->add(json + "\n");
  if (written.ok()) return;
  report_io(written.error());
  lines_.reset();
}

void RunCommand::report_io(const Error& error) {
  cli::print_error(fmt::format("{}: {}\n", arguments_.program, error.to_string()));
  io_failed_ = true;
}

cli::Ending RunCommand::execute() {
  if (auto refused = refuse_outputs(
          {{.option = "--jsonl", .path = arguments_.jsonl}, {.option = "--junit", .path = arguments_.junit}})) {
    return *refused;
  }
  if (Status ready = prepare(); !ready.ok()) return {ready.error(), cli::Exit::kEnvironment};
  cli::take_interrupts(kInterrupted);
  report_crashes();
  std::uint64_t kept_failures = 0;
  if (!arguments_.corpus.empty()) {
    const CorpusArguments corpus{.source = {.program = arguments_.program,
                                            .called_as = arguments_.called_as,
                                            .what = "",
                                            .generator = arguments_.campaign.generator,
                                            .store = arguments_.campaign.store},
                                 .directory = arguments_.corpus};
    const auto failing = failures_in_corpus(corpus);
    if (!failing.ok()) return {failing.error(), cli::Exit::kUnreadable};
    kept_failures = *failing;
  }
  const std::string again = shell_word(arguments_.called_as) +
                            (arguments_.campaign.unreadable_heaps ? " run --unreadable-arenas --seed " : " replay ");
  const std::string words = generator_words(arguments_.campaign.generator);
  const Campaign campaign =
      run_campaign(arguments_.campaign, cli::interrupt_asked(),
                   {.on_seed = [this](const SeedResult& result) { on_seed(result); },
                    .on_begin =
                        [&](std::uint64_t seed) {
                          this_thread_runs(fmt::format("seed {}", seed), fmt::format("{}{} {}", again, seed, words));
                        }});
  progress_.clear();
  tell_groups();
  add_line(run_end_json(campaign));
  write_junit(campaign);
  if (lines_) {
    if (const Status complete = lines_->complete(); !complete.ok()) report_io(complete.error());
  }
  const std::string text = arguments_.json         ? summary_json(campaign, arguments_.campaign)
                           : arguments_.show_marks ? marks_text(campaign.stats)
                                                   : summary_text(campaign, arguments_.campaign);
  const Status printed = cli::print(text);
  cli::Exit code = exit_code(campaign);
  if (code == cli::Exit::kDone && kept_failures > 0) code = cli::Exit::kFinding;
  return printed.ok() ? cli::Ending(code) : cli::Ending(printed.error());
}

}  // namespace

cli::Ending run_command(const RunArguments& arguments) { return RunCommand(arguments).execute(); }

}  // namespace mylonite::sim
