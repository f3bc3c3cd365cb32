#include "core/tool/explain.h"

#include <string>

#include <fmt/format.h>

#include "core/base/json.h"
#include "core/format/file_names.h"
#include "core/store/explain.h"
#include "core/tool/text.h"

namespace mylonite::tool {
namespace {

std::string source_name(const ReadStep& step, std::uint64_t memtables) {
  if (step.memtable) return memtables == 1 ? std::string("memtable") : fmt::format("memtable {}", *step.memtable);
  if (!step.run) return "a run replaced since";
  return fmt::format("level {} run {}", step.run->level, step.run->run.value);
}

std::string_view outcome_name(ReadStep::Outcome outcome) {
  switch (outcome) {
    case ReadStep::Outcome::kNoTable: return "no table";
    case ReadStep::Outcome::kFilterNo: return "filter no";
    case ReadStep::Outcome::kNothing: return "nothing";
    case ReadStep::Outcome::kValue: return "value";
    case ReadStep::Outcome::kDeleted: return "deleted";
    case ReadStep::Outcome::kCovered: return "range deleted";
    case ReadStep::Outcome::kExpired: return "expired";
  }
  return "";
}

Kind kind_of(const ReadStep::Version& found) { return found.is_delete ? Kind::kDelete : Kind::kPut; }

std::string version_text(const ReadStep::Version& found) {
  if (found.is_delete) return fmt::format("{} of stamp {}", kind_name(kind_of(found)), found.at.ticks);
  return fmt::format("put of stamp {}, {}", found.at.ticks, counted(found.value_bytes, "byte"));
}

std::string step_text(const ReadStep& step) {
  const std::string table = step.table ? table_name(*step.table) + ": " : "";
  switch (step.outcome) {
    case ReadStep::Outcome::kNoTable: return "no table's range holds the key";
    case ReadStep::Outcome::kFilterNo: return table + "the filter excludes the key";
    case ReadStep::Outcome::kNothing: return table + "nothing of the key at or below the stamp";
    case ReadStep::Outcome::kCovered:
      return fmt::format("{}range delete of stamp {} hides {} and everything older", table, step.range_delete->ticks,
                         step.version ? "the " + version_text(*step.version) : "the key");
    case ReadStep::Outcome::kExpired: return table + version_text(*step.version) + ", which has expired";
    case ReadStep::Outcome::kValue:
    case ReadStep::Outcome::kDeleted: break;
  }
  const std::string older =
      step.range_delete ? fmt::format(" (newer than the range delete of stamp {})", step.range_delete->ticks) : "";
  return fmt::format("{}{}{}", table, version_text(*step.version), older);
}

std::string step_json(const ReadStep& step, std::uint64_t memtables) {
  JsonObject object;
  object.text("source", source_name(step, memtables)).text("said", outcome_name(step.outcome));
  if (step.run) object.number("level", step.run->level).number("run", step.run->run.value);
  if (step.table) object.number("table", step.table->value);
  if (step.version) {
    object.text("kind", kind_name(kind_of(*step.version))).number("stamp", step.version->at.ticks);
    if (!step.version->is_delete) object.number("value_bytes", step.version->value_bytes);
  }
  if (step.range_delete) object.number("range_delete", step.range_delete->ticks);
  return object.line();
}

std::string answer_text(const GetExplanation& explanation, const cli::Form& form) {
  std::string text;
  if (explanation.sources_not_asked > 0) {
    text = fmt::format("  {}: not read\n", counted(explanation.sources_not_asked, "older source"));
  }
  if (!explanation.value) return text + "answer: the key is not there\n";
  return text + fmt::format("answer: {}\n", shown(*explanation.value, form));
}

}  // namespace

Result<cli::Exit> explain_get(Store& store, const Arguments& arguments) {
  const auto explanation = store.session().explain(arguments.key, {.as_of = arguments.as_of});
  if (!explanation.ok()) return explanation.error();
  const cli::Form& form = arguments.form;
  std::uint64_t memtables = 0;
  for (const ReadStep& step : explanation->steps) memtables += step.memtable ? 1 : 0;
  std::string text =
      form.json
          ? JsonObject().bytes("key", arguments.key, form.hex).number("read_at", explanation->read_at.ticks).line()
          : fmt::format("get {} as of stamp {} ({})\n", shown(arguments.key, form), explanation->read_at.ticks,
                        utc(explanation->read_at));
  for (const ReadStep& step : explanation->steps) {
    text += form.json ? step_json(step, memtables)
                      : fmt::format("  {:<20}  {}\n", source_name(step, memtables), step_text(step));
  }
  if (!form.json) {
    text += answer_text(*explanation, form);
  } else {
    JsonObject answer;
    if (explanation->value) {
      answer.bytes("value", *explanation->value, form.hex);
    } else {
      answer.raw("value", "null");
    }
    text += answer.number("sources_not_asked", explanation->sources_not_asked).line();
  }
  if (Status done = cli::print(text); !done.ok()) return done.error();
  return explanation->value ? cli::Exit::kDone : cli::Exit::kFinding;
}

}  // namespace mylonite::tool
