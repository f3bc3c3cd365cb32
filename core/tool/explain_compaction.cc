#include "core/tool/explain.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "core/base/json.h"
#include "core/tool/beside_writer.h"
#include "core/tool/text.h"
#include "core/version/manifest.h"

namespace mylonite::tool {
namespace {

std::string levels_text(const JobRecord& job) {
  std::string from;
  for (std::uint32_t level : job.from_levels) from += fmt::format("{}{}", from.empty() ? "" : ",", level);
  return fmt::format("{} to {}", from, job.to_level);
}

std::string out_text(const JobRecord& job) {
  if (job.expires()) return "expired";
  return job.move ? "moved" : human_bytes(job.bytes_out);
}

std::string heading() {
  return fmt::format("{:>8}  {:<27}  {:<12}  {:<10}  {:>10}  {:>10}  {:>9}  {}\n", "id", "when", "policy", "levels",
                     "in", "out", "dropped", "trigger");
}

std::string job_line(const JobRecord& job) {
  return fmt::format("{:>8}  {:<27}  {:<12}  {:<10}  {:>10}  {:>10}  {:>9}  {}\n", job.id, utc(job.at), job.policy,
                     levels_text(job), human_bytes(job.bytes_in), out_text(job), job.dropped, job.why.trigger);
}

std::string job_text(const JobRecord& job) {
  std::string text = fmt::format("{} {}\n", job.kind(), job.id);
  auto row = [&](std::string_view name, const std::string& value) {
    text += fmt::format("  {:<9}  {}\n", name, value);
  };
  row("when", utc(job.at));
  row("policy", job.policy);
  row("trigger", job.why.trigger);
  row("chosen", job.why.chosen);
  std::string_view name = "rejected";
  for (const Candidate& each : job.why.rejected) {
    row(name, fmt::format("{} (score {})", each.what, each.score));
    name = "";
  }
  if (job.why.rejected.empty()) row(name, "nothing");
  row("levels", levels_text(job));
  row("in", fmt::format("{}, {} bytes", counted(job.tables_in, "table"), job.bytes_in));
  row("out", fmt::format("{}, {} bytes", counted(job.tables_out, "table"), job.bytes_out));
  row("dropped", counted(job.dropped, "entry"));
  if (job.expires()) row("expired", fmt::format("what was written up to {}", utc(job.expired_through)));
  return text;
}

std::string job_json(const JobRecord& job) {
  JsonArray from;
  for (std::uint32_t level : job.from_levels) from.add(fmt::format("{}", level));
  JsonArray rejected;
  for (const Candidate& each : job.why.rejected) {
    rejected.add(JsonObject().text("what", each.what).signed_number("score", each.score).object());
  }
  return JsonObject()
      .number("id", job.id)
      .number("at", job.at.ticks)
      .text("policy", job.policy)
      .text("trigger", job.why.trigger)
      .text("chosen", job.why.chosen)
      .raw("rejected", rejected.array())
      .raw("from_levels", from.array())
      .number("to_level", job.to_level)
      .flag("move", job.move)
      .number("expired_through", job.expired_through.ticks)
      .number("tables_in", job.tables_in)
      .number("tables_out", job.tables_out)
      .number("bytes_in", job.bytes_in)
      .number("bytes_above", job.bytes_above)
      .number("bytes_out", job.bytes_out)
      .number("bytes_edge", job.bytes_edge)
      .number("dropped", job.dropped)
      .line();
}

}  // namespace

Status explain_compaction(const StoreDirectory& store, std::optional<std::uint64_t> id, const cli::Form& form) {
  const auto loaded = despite_a_writer(store.whole, [&] { return load_manifest(*store.fs, store.directory); });
  if (!loaded.ok()) return loaded.error();
  const std::vector<JobRecord>& jobs = loaded->version.jobs;
  if (id) {
    const auto found = std::ranges::find(jobs, *id, &JobRecord::id);
    if (found != jobs.end()) return cli::print(form.json ? job_json(*found) : job_text(*found));
    return Error(Code::kInvalidArgument,
                 fmt::format("no merge {} is recorded; `mylonite explain compaction DIR` lists those that are", *id));
  }
  std::string text;
  if (!form.json) text = jobs.empty() ? std::string("no merge is recorded\n") : heading();
  for (const JobRecord& job : jobs) text += form.json ? job_json(job) : job_line(job);
  return cli::print(text);
}

}  // namespace mylonite::tool
