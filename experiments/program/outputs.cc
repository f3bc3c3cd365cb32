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

Status Outputs::open(const LabArguments& arguments) {
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
  if (Status printed = cli::print(text + wrong_); !printed.ok()) return printed;
  return wrong_.empty() ? cli::Exit::kDone : cli::Exit::kFinding;
}

cli::Ending Outputs::stop(const std::string& program, const std::string& stopped_after, const std::string& rest) {
  if (!written_.ok()) return failed(written_.error());
  ignore(html_.discard(), "it holds nothing yet");
  if (runs_ == 0) {
    ignore(jsonl_.discard(), "it holds nothing yet");
    ignore(csv_.discard(), "it holds nothing yet");
    return stopped(program, stopped_after + "; nothing is kept");
  }
  const std::string lines = jsonl_.partial_path();
  const std::string table = csv_.partial_path();
  if (lines.empty() && table.empty()) {
    return stopped(program, stopped_after + "; none of them is kept, since there is no --jsonl FILE");
  }
  std::string text =
      fmt::format("{}; they are in {}{}{}", stopped_after, lines, lines.empty() || table.empty() ? "" : " and ", table);
  if (lines.empty()) return stopped(program, text);
  if (rest.empty()) return stopped(program, fmt::format("{}; `{} merge {}` compares them", text, program, lines));
  return stopped(program, fmt::format("{}; to go on, run the same with {} and another --jsonl FILE, then `{} merge {} "
                                      "FILE`",
                                      text, rest, program, lines));
}

}  // namespace mylonite::experiments
