#include "core/version/edit_json.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/base/bytes.h"
#include "core/base/json.h"
#include "core/version/job_json.h"
#include "core/version/json_view.h"

namespace mylonite {
namespace {

std::string table_json(const VersionEdit::Added& added) {
  const TableInfo& table = added.table;
  return JsonObject()
      .number("level", added.level)
      .number_text("run", added.run.value)
      .number_text("table", table.number.value)
      .number_text("bytes", table.file_bytes)
      .text("footer", fmt::format("{:016x}", table.footer_hash))
      .text("smallest", to_hex(table.smallest))
      .text("largest", to_hex(table.largest))
      .number_text("entries", table.entries)
      .number_text("tombstones", table.tombstones)
      .number_text("range_deletes", table.range_deletes)
      .number_text("oldest", table.oldest.ticks)
      .number_text("newest", table.newest.ticks)
      .number_text("oldest_tombstone", table.oldest_tombstone.ticks)
      .object();
}

bool parse_number(const JsonView& value, std::uint64_t& out, int base = 10) {
  if (value.kind != JsonKind::kString || value.text.empty()) return false;
  const char* const last = value.text.data() + value.text.size();
  const auto [end, error] = std::from_chars(value.text.data(), last, out, base);
  return error == std::errc{} && end == last;
}

// Reads the members of one object, and keeps the first that is absent or malformed.
class Fields {
 public:
  explicit Fields(const std::vector<JsonMember>& members) : members_(members) {}

  bool has(std::string_view name) { return find(name) != nullptr; }
  std::uint64_t number(std::string_view name, int base = 10) {
    const JsonView* const value = find(name);
    std::uint64_t number = 0;
    if (value == nullptr || !parse_number(*value, number, base)) fail(name);
    return number;
  }
  std::uint32_t small(std::string_view name) {
    const JsonView* const value = find(name);
    std::uint32_t number = 0;
    if (value == nullptr || value->kind != JsonKind::kNumber) {
      fail(name);
      return 0;
    }
    const char* const last = value->text.data() + value->text.size();
    const auto [end, error] = std::from_chars(value->text.data(), last, number);
    if (error != std::errc{} || end != last || number >= kLevelsMax) fail(name);
    return number;
  }
  std::string bytes(std::string_view name) {
    const JsonView* const value = find(name);
    const bool text = value != nullptr && value->kind == JsonKind::kString;
    auto decoded = text ? from_hex(value->text) : std::nullopt;
    if (!decoded) fail(name);
    return std::move(decoded).value_or("");
  }
  // Elements of an array that may be absent.
  std::vector<JsonView> array(std::string_view name) {
    const JsonView* const value = find(name);
    if (value == nullptr) return {};
    auto elements = json_elements(*value);
    if (!elements) fail(name);
    return std::move(elements).value_or(std::vector<JsonView>());
  }
  // The whole text of an object that may be absent.
  std::optional<std::string_view> object(std::string_view name) {
    const JsonView* const value = find(name);
    if (value == nullptr) return std::nullopt;
    if (value->kind != JsonKind::kObject) fail(name);
    return value->text;
  }
  const std::string& failed() const { return failed_; }

 private:
  const JsonView* find(std::string_view name) const {
    const auto found = std::ranges::find(members_, name, &JsonMember::name);
    return found == members_.end() ? nullptr : &found->value;
  }
  void fail(std::string_view name) {
    if (failed_.empty()) failed_ = name;
  }
  const std::vector<JsonMember>& members_;
  std::string failed_;
};

Error malformed(std::string_view what) {
  return Error(Code::kCorruption, fmt::format("manifest record: '{}' is absent or malformed", what));
}

Result<VersionEdit::Added> table_from(const JsonView& object) {
  const auto members = json_members(object);
  if (!members) return malformed("add");
  Fields fields(*members);
  VersionEdit::Added added;
  added.level = fields.small("level");
  added.run = RunId{fields.number("run")};
  added.table.number = FileNumber{fields.number("table")};
  added.table.file_bytes = fields.number("bytes");
  added.table.footer_hash = fields.number("footer", 16);
  added.table.smallest = fields.bytes("smallest");
  added.table.largest = fields.bytes("largest");
  added.table.entries = fields.number("entries");
  added.table.tombstones = fields.number("tombstones");
  added.table.range_deletes = fields.number("range_deletes");
  added.table.oldest = Timestamp{fields.number("oldest")};
  added.table.newest = Timestamp{fields.number("newest")};
  added.table.oldest_tombstone = Timestamp{fields.number("oldest_tombstone")};
  if (!fields.failed().empty()) return malformed(fields.failed());
  return added;
}

// Writes the members that compaction needs.
void write_compaction(JsonObject& object, const VersionEdit& edit) {
  if (edit.policy) object.raw("policy", encode_policy_state(*edit.policy));
  JsonArray jobs;
  for (const JobRecord& job : edit.jobs) jobs.add(encode_job(job));
  if (!edit.jobs.empty()) object.raw("jobs", jobs.array());
  if (edit.jobs_kept) object.number_text("jobs_kept", *edit.jobs_kept);
}

Status read_compaction(Fields& fields, VersionEdit& edit) {
  if (fields.has("jobs_kept")) edit.jobs_kept = fields.number("jobs_kept");
  const auto policy = fields.object("policy");
  const std::vector<JsonView> jobs = fields.array("jobs");
  if (!fields.failed().empty()) return malformed(fields.failed());
  if (policy) {
    auto state = decode_policy_state(*policy);
    if (!state.ok()) return state.error();
    edit.policy = std::move(*state);
  }
  for (const JsonView& each : jobs) {
    auto job = decode_job(each.text);
    if (!job.ok()) return job.error();
    edit.jobs.push_back(std::move(*job));
  }
  return {};
}

}  // namespace

std::string encode_edit(const VersionEdit& edit) {
  JsonObject object;
  if (edit.next_file) object.number_text("next_file", edit.next_file->value);
  if (edit.first_log) object.number_text("first_log", edit.first_log->value);
  if (edit.ceiling) object.number_text("ceiling", edit.ceiling->ticks);
  if (edit.history_floor) object.number_text("history_floor", edit.history_floor->ticks);
  if (edit.expired_through) object.number_text("expired_through", edit.expired_through->ticks);
  if (edit.closed_log) {
    object.number_text("closed_log", edit.closed_log->number.value);
    object.number_text("closed_log_bytes", edit.closed_log->bytes);
  }
  if (edit.durable_log) {
    object.number_text("durable_log", edit.durable_log->number.value);
    object.number_text("durable_log_bytes", edit.durable_log->bytes);
  }
  JsonArray added;
  for (const VersionEdit::Added& each : edit.added) added.add(table_json(each));
  if (!edit.added.empty()) object.raw("add", added.array());
  JsonArray removed;
  for (const FileNumber number : edit.removed) removed.number_text(number.value);
  if (!edit.removed.empty()) object.raw("remove", removed.array());
  write_compaction(object, edit);
  return object.object();
}

Result<VersionEdit> decode_edit(std::string_view json) {
  const auto whole = json_value(json);
  const auto members = whole ? json_members(*whole) : std::nullopt;
  if (!members) return malformed("edit");
  VersionEdit edit;
  Fields fields(*members);
  if (fields.has("next_file")) edit.next_file = FileNumber{fields.number("next_file")};
  if (fields.has("first_log")) edit.first_log = FileNumber{fields.number("first_log")};
  if (fields.has("ceiling")) edit.ceiling = Timestamp{fields.number("ceiling")};
  if (fields.has("history_floor")) edit.history_floor = Timestamp{fields.number("history_floor")};
  if (fields.has("expired_through")) edit.expired_through = Timestamp{fields.number("expired_through")};
  if (fields.has("closed_log")) {
    const FileNumber number{fields.number("closed_log")};
    edit.closed_log = LogLength{.number = number, .bytes = fields.number("closed_log_bytes")};
  }
  if (fields.has("durable_log")) {
    const FileNumber number{fields.number("durable_log")};
    edit.durable_log = LogLength{.number = number, .bytes = fields.number("durable_log_bytes")};
  }
  const std::vector<JsonView> tables = fields.array("add");
  const std::vector<JsonView> numbers = fields.array("remove");
  if (!fields.failed().empty()) return malformed(fields.failed());
  for (const JsonView& table : tables) {
    auto added = table_from(table);
    if (!added.ok()) return added.error();
    edit.added.push_back(std::move(*added));
  }
  for (const JsonView& number : numbers) {
    if (!parse_number(number, edit.removed.emplace_back().value)) return malformed("remove");
  }
  if (Status done = read_compaction(fields, edit); !done.ok()) return done.error();
  return edit;
}

}  // namespace mylonite
