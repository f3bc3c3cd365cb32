#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include "core/rt/rt.h"
#include "core/vfs/posix.h"
#include "core/vfs/util.h"
#include "sim/machine/fiber.h"
#include "sim/report/report.h"
#include "sim/run/replay.h"
#include "sim/scenario/repro.h"
#include "sim/tool/commands.h"

namespace mylonite::sim {
namespace {

// A signal handler can reach nothing else.
std::atomic<bool> interrupt_asked{false};
std::atomic<std::uint64_t> seed_begun{0};

void on_interrupt(int) {
  if (interrupt_asked.exchange(true)) _exit(130);  // asked twice: at once
}

// An invariant of the engine broke: a finding, but this process cannot go on.
void on_abort(int) {
  char text[160] = "FAILED  rule invariant, in the seed begun last (with --jobs 1; else near it): ";
  char* end = std::to_chars(text + std::strlen(text), text + sizeof text - 1, seed_begun.load()).ptr;
  *end++ = '\n';
  static_cast<void>(write(STDERR_FILENO, text, static_cast<std::size_t>(end - text)));
  _exit(1);
}

// One level; whatever else is wrong with it shows when a file is written there.
void make_directory(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  auto parent = vfs::open_posix(slash == std::string::npos ? "." : path.substr(0, slash + 1));
  if (parent.ok())
    ignore((*parent)->make_directory(path.substr(slash == std::string::npos ? 0 : slash + 1)), "usually there");
}

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
    std::fputs(line.c_str(), stderr);
  }
  void clear() const {
    if (terminal_ && shown_ > 0) std::fputs("\r\x1b[K", stderr);
  }

 private:
  const CampaignOptions& options_;
  const bool terminal_ = isatty(STDERR_FILENO) != 0;
  const std::uint64_t started_;
  std::uint64_t shown_ = 0;
  std::uint64_t seeds_ = 0;
  std::uint64_t crashes_ = 0;
};

class RunCommand {
 public:
  explicit RunCommand(const RunArguments& arguments) : arguments_(arguments), progress_(arguments.campaign) {}

  int execute();

 private:
  void on_seed(const SeedResult& result);
  void report_failure(const SeedResult& result);
  std::string save_scenario(const Outcome& outcome, const std::string& name);
  int exit_code(const Campaign& campaign) const;

  const RunArguments& arguments_;
  Progress progress_;
  std::string lines_;
  std::uint64_t failures_ = 0;
  bool io_failed_ = false;
};

std::string RunCommand::save_scenario(const Outcome& outcome, const std::string& name) {
  make_directory(arguments_.out_directory);
  std::string path = arguments_.out_directory + "/" + name;
  const Status written = write_file(path, encode_repro(repro_of(outcome), outcome.recent));
  if (written.ok()) return path;
  std::fprintf(stderr, "mylonite-sim: %s\n", written.error().to_string().c_str());
  io_failed_ = true;
  return "";
}

void RunCommand::report_failure(const SeedResult& result) {
  constexpr std::uint64_t kToldInFull = 3;
  constexpr std::uint64_t kNamed = 20;
  ++failures_;
  const bool saved = failures_ <= kNamed;
  const std::string artifact = saved ? save_scenario(result.outcome, fmt::format("seed-{}.repro", result.seed)) : "";
  lines_ += failure_json(result, artifact) + "\n";
  progress_.clear();
  if (failures_ == kNamed + 1)
    std::fprintf(stderr, "more seeds fail; only the first %llu are named and saved\n",
                 static_cast<unsigned long long>(kNamed));
  if (!saved) return;
  if (failures_ > kToldInFull) {
    std::fprintf(stderr, "FAILED  seed %llu  rule %s  %s\n", static_cast<unsigned long long>(result.seed),
                 result.outcome.failure->rule.c_str(), artifact.c_str());
    return;
  }
  StackPool stacks;
  const Outcome told = run(result.outcome.recorded, stacks, {.story_lines = 60});
  const std::string again =
      artifact.empty() ? fmt::format("{} {}", result.seed, generator_words(arguments_.campaign.generator)) : artifact;
  const std::string text = failure_text(told.failure ? told : result.outcome,
                                        {.replay_command = "mylonite-sim replay " + again, .artifact = artifact});
  std::fputs(text.c_str(), stderr);
}

void RunCommand::on_seed(const SeedResult& result) {
  if (result.outcome.interrupted) {
    const std::string path = save_scenario(result.outcome, fmt::format("interrupted-seed-{}.repro", result.seed));
    if (!path.empty())
      std::fprintf(stderr, "\ninterrupted in seed %llu; as far as it went: %s\n",
                   static_cast<unsigned long long>(result.seed), path.c_str());
    return;
  }
  if (!arguments_.jsonl.empty()) lines_ += seed_json(result) + "\n";
  if (result.outcome.failure) report_failure(result);
  if (!result.difference.empty()) {
    progress_.clear();
    std::fprintf(stderr, "NOT DETERMINISTIC  seed %llu: %s\n", static_cast<unsigned long long>(result.seed),
                 result.difference.c_str());
  }
  progress_.seed_done(result.outcome.stats.crashes);
}

int RunCommand::exit_code(const Campaign& campaign) const {
  if (campaign.interrupted) return 130;
  if (io_failed_) return 7;
  if (campaign.nondeterministic > 0) return 3;
  if (campaign.failures > 0) return 1;
  if (campaign.seeds == 0 || campaign.nothing_ran == campaign.seeds) return 4;
  if (arguments_.require_marks && !missing_marks(campaign.stats).empty()) {
    std::fprintf(stderr, "marks never reached: %s\n", missing_marks(campaign.stats).c_str());
    return 1;
  }
  return 0;
}

int RunCommand::execute() {
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGABRT, on_abort);
  lines_ = run_start_json(arguments_.campaign) + "\n";
  const Campaign campaign =
      run_campaign(arguments_.campaign, interrupt_asked,
                   {.on_seed = [this](const SeedResult& result) { on_seed(result); },
                    .on_begin = [](std::uint64_t seed) { seed_begun.store(seed, std::memory_order_relaxed); }});
  progress_.clear();
  if (!arguments_.jsonl.empty()) {
    lines_ += run_end_json(campaign) + "\n";
    const Status written = write_file(arguments_.jsonl, lines_);
    if (!written.ok()) {
      std::fprintf(stderr, "mylonite-sim: %s\n", written.error().to_string().c_str());
      io_failed_ = true;
    }
  }
  const std::string text = arguments_.json         ? summary_json(campaign, arguments_.campaign)
                           : arguments_.show_marks ? marks_text(campaign.stats)
                                                   : summary_text(campaign, arguments_.campaign);
  std::fputs(text.c_str(), stdout);
  return exit_code(campaign);
}

}  // namespace

int run_command(const RunArguments& arguments) { return RunCommand(arguments).execute(); }

std::string generator_words(const GeneratorOptions& options) {
  std::string words = fmt::format("--ops {} --crashes {}", options.operations, options.crashes);
  if (options.profile != "default") words += " --profile " + options.profile;
  if (options.names) words += fmt::format(" --fs {}", kNameOrderNames[static_cast<std::size_t>(*options.names)]);
  if (options.liar) words += *options.liar ? " --liar" : " --no-liar";
  return words;
}

Status write_file(const std::string& path, const std::string& text) {
  const std::size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash);
  const std::string name = path.substr(slash == std::string::npos ? 0 : slash + 1);
  auto fs = vfs::open_posix(directory.empty() ? "/" : directory);
  if (!fs.ok()) return fs.error();
  const std::string temporary = name + ".part";
  ignore((*fs)->remove(temporary), "usually there is none");
  if (Status done = vfs::write_new_file(**fs, temporary, text); !done.ok()) return done;
  return (*fs)->rename(temporary, name);
}

}  // namespace mylonite::sim
