#include "experiments/program/outputs.h"

#include <utility>

#include <fmt/format.h>

#include "core/cli/output.h"
#include "experiments/page/page.h"
#include "experiments/program/ending.h"

namespace mylonite::experiments {

Status ResultFile::open(const std::optional<std::string>& path, const std::string& header) {
  if (!path) return {};
  auto begun = cli::LineFile::create(*path);
  if (!begun.ok()) return begun.error();
  file_ = std::move(*begun);
  return file_->add(header);
}

void warn_of_silence(const std::string& program, const std::string& which, std::uint64_t buffer_entries) {
  cli::print_error(
      fmt::format("{}: {} of flushes and merges, since no buffer of {} entries was full meanwhile: choose a smaller "
                  "buffer_entries\n",
                  program, which, buffer_entries));
}

Status Outputs::open(const LabArguments& arguments) {
  program_ = arguments.program;
  std::vector<cli::GivenPath> written;
  if (arguments.jsonl) written.push_back({"--jsonl", *arguments.jsonl});
  if (arguments.html) written.push_back({"--html", *arguments.html});
  if (arguments.csv) written.push_back({"--csv", *arguments.csv});
  std::vector<cli::GivenPath> read;
  for (const std::string& file : arguments.files) read.push_back({"FILE", file});
  for (const RunSpec* spec : {&arguments.compare.base, &arguments.beside.base}) {
    if (!spec->workload_file.empty()) read.push_back({"--workload-file", spec->workload_file});
  }
  if (Status good = cli::check_distinct(written, read); !good.ok()) return good;
  if (Status good = jsonl_.open(arguments.jsonl, ""); !good.ok()) return good;
  if (Status good = html_.open(arguments.html, ""); !good.ok()) return good;
  return csv_.open(arguments.csv, csv_header());
}

void Outputs::add(const RunResult& result) {
  ++runs_;
  if (says_nothing(result) && ++silent_runs_ == 1) silent_entries_ = result.spec.buffer_entries;
  if (wrong_.empty() && !result.failure.empty()) {
    wrong_ = fmt::format("WRONG: {}, seed {}: {}\n", result.policy, result.spec.seed, result.failure);
  }
  if (written_.ok()) written_ = jsonl_.add(result_json(result));
  if (written_.ok()) written_ = csv_.add(csv_line(result));
}

cli::Ending Outputs::complete(std::string text, const std::vector<Comparison>& comparisons) {
  for (const Comparison& each : comparisons) text += (text.empty() ? "" : "\n") + comparison_text(each);
  if (written_.ok()) written_ = html_.add(comparison_page(comparisons));
  if (written_.ok()) written_ = html_.complete();
  if (written_.ok()) written_ = jsonl_.complete();
  if (written_.ok()) written_ = csv_.complete();
  if (!written_.ok()) return failed(written_.error());
  if (silent_runs_ > 0) {
    warn_of_silence(program_, fmt::format("{} of {} runs say nothing", silent_runs_, runs_), silent_entries_);
  }
  if (Status printed = cli::print(text + wrong_); !printed.ok()) return printed;
  return wrong_.empty() ? cli::Exit::kDone : cli::Exit::kFinding;
}

std::string Outputs::kept() const {
  ignore(html_.discard(), "it holds nothing yet");
  if (runs_ == 0) {
    ignore(jsonl_.discard(), "it holds nothing yet");
    ignore(csv_.discard(), "it holds nothing yet");
    return "";
  }
  const std::string lines = jsonl_.partial_path();
  const std::string table = csv_.partial_path();
  return lines + (lines.empty() || table.empty() ? "" : " and ") + table;
}

cli::Ending Outputs::fail(const Error& error) const {
  cli::Ending ending = failed(error);
  const std::string files = kept();
  if (!files.empty()) ending.next = fmt::format("the runs that ended before are in {}", files);
  return ending;
}

cli::Ending Outputs::stop(const std::string& stopped_after, const std::string& rest) const {
  const std::string files = kept();
  if (!written_.ok()) return failed(written_.error());
  if (runs_ == 0) return stopped(program_, stopped_after + "; nothing is kept");
  if (files.empty()) {
    return stopped(program_, stopped_after + "; none of them is kept, since there is no --jsonl FILE");
  }
  const std::string text = fmt::format("{}; they are in {}", stopped_after, files);
  const std::string lines = jsonl_.partial_path();
  if (lines.empty()) return stopped(program_, text);
  if (rest.empty()) return stopped(program_, fmt::format("{}; `{} merge {}` compares them", text, program_, lines));
  return stopped(program_, fmt::format("{}; to go on, run the same with {} and another --jsonl FILE, then `{} merge {} "
                                       "FILE`",
                                       text, rest, program_, lines));
}

}  // namespace mylonite::experiments
