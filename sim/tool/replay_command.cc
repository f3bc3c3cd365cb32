#include <charconv>
#include <cstdio>

#include <fmt/format.h>

#include "core/vfs/posix.h"
#include "core/vfs/util.h"
#include "sim/machine/fiber.h"
#include "sim/report/report.h"
#include "sim/run/replay.h"
#include "sim/scenario/repro.h"
#include "sim/tool/commands.h"

namespace mylonite::sim {
namespace {

int complain(const Error& error, int code) {
  std::fprintf(stderr, "mylonite-sim: %s\n", error.to_string().c_str());
  return code;
}

Result<std::string> read_file(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  auto fs = vfs::open_posix(slash == std::string::npos ? "." : path.substr(0, slash + 1));
  if (!fs.ok()) return fs.error();
  return vfs::read_whole_file(**fs, path.substr(slash == std::string::npos ? 0 : slash + 1));
}

void print_trace(const Trace& trace) {
  for (std::size_t i = 0; i < trace.all().size(); ++i) std::printf("%zu %s\n", i, to_string(trace.all()[i]).c_str());
}

std::string in_words(const std::string& rule) { return rule.empty() ? "a clean run" : "rule " + rule; }

// Says why the replay is not what the file observed; empty when it is.
std::string mismatch(const Repro& repro, const Outcome& outcome) {
  const std::string found = in_words(outcome.failure ? outcome.failure->rule : "");
  switch (verdict_of(repro, outcome)) {
    case Verdict::kReproduced: break;
    case Verdict::kOtherRule:
      return fmt::format("did not reproduce: expected {}, found {}", in_words(repro.rule), found);
    case Verdict::kOtherTrace:
      return fmt::format("did not reproduce: trace hash: expected {}, found {}", repro.trace_hash, outcome.trace_hash);
    case Verdict::kStale:
      return fmt::format(
          "stale: expected {}, found {}, but recorded decisions were never met; the code has changed since",
          in_words(repro.rule), found);
  }
  return "";
}

int replay_scenario(const Scenario& scenario, const ReplayArguments& arguments, const Repro* observed) {
  StackPool stacks;
  Trace trace(arguments.trace);
  const Outcome outcome = run(scenario, stacks, {.story_lines = arguments.story_lines, .trace = &trace});
  if (arguments.trace) print_trace(trace);
  const std::string text =
      failure_text(outcome, {.replay_command = "mylonite-sim replay " + arguments.what, .artifact = ""});
  std::fputs(text.c_str(), stdout);
  if (observed != nullptr) {
    if (const std::string why = mismatch(*observed, outcome); !why.empty()) {
      std::fprintf(stderr, "%s\n  made by %s\n", why.c_str(), observed->made_by.c_str());
      return 6;
    }
    std::printf("reproduced: %s, trace %s\n", observed->rule.empty() ? "a clean run" : observed->rule.c_str(),
                outcome.trace_hash.c_str());
  } else if (!outcome.failure) {
    std::printf("seed %s is clean: %llu operations, %llu crashes, trace %s\n", arguments.what.c_str(),
                static_cast<unsigned long long>(outcome.stats.operations),
                static_cast<unsigned long long>(outcome.stats.crashes), outcome.trace_hash.c_str());
  }
  return outcome.failure ? 1 : 0;
}

}  // namespace

int replay_command(const ReplayArguments& arguments) {
  std::uint64_t seed = 0;
  const char* end = arguments.what.data() + arguments.what.size();
  const auto [stop, error] = std::from_chars(arguments.what.data(), end, seed);
  if (error == std::errc{} && stop == end)
    return replay_scenario(generate(seed, arguments.generator), arguments, nullptr);

  const auto text = read_file(arguments.what);
  if (!text.ok()) return complain(text.error(), 5);
  const auto repro = decode_repro(*text);
  if (!repro.ok()) return complain(repro.error().in(arguments.what), 5);
  return replay_scenario(repro->scenario, arguments, &*repro);
}

}  // namespace mylonite::sim
