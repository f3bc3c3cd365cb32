#include "core/version/edit_json.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/base/bytes.h"
#include "core/version/job_json.h"
#include "core/version/json_view.h"

namespace mylonite {
namespace {

// Writes the members of one object after another. Names and values need no escapes.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) { out_ += '{'; }
  ~Writer() { out_ += '}'; }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void name(std::string_view name) {
    if (out_.back() != '{') out_ += ',';
    out_ += '"';
    out_ += name;
    out_ += "\":";
  }
  void small(std::string_view member, std::uint32_t value) {
    name(member);
    digits(value);
  }
  void number(std::string_view member, std::uint64_t value) {
    name(member);
    quoted(value);
  }
  void hash(std::string_view member, std::uint64_t value) {
    name(member);
    std::array<char, 16> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, 16).ptr;
    const auto size = static_cast<std::size_t>(end - text.data());
    out_ += '"';
    out_.append(text.size() - size, '0');
    out_.append(text.data(), size);
    out_ += '"';
  }
  void bytes(std::string_view member, std::string_view value) {
    name(member);
    out_ += '"';
    out_ += to_hex(value);
    out_ += '"';
  }
  void quoted(std::uint64_t value) {
    out_ += '"';
    digits(value);
    out_ += '"';
  }

 private:
  void digits(std::uint64_t value) {
    std::array<char, 20> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
    out_.append(text.data(), static_cast<std::size_t>(end - text.data()));
  }
  std::string& out_;
};

void write_table(std::string& out, const VersionEdit::Added& added) {
  const TableInfo& table = added.table;
  Writer writer(out);
  writer.small("level", added.level);
  writer.number("run", added.run.value);
  writer.number("table", table.number.value);
  writer.number("bytes", table.file_bytes);
  writer.hash("footer", table.footer_hash);
  writer.bytes("smallest", table.smallest);
  writer.bytes("largest", table.largest);
  writer.number("entries", table.entries);
  writer.number("tombstones", table.tombstones);
  writer.number("range_deletes", table.range_deletes);
  writer.number("oldest", table.oldest.ticks);
  writer.number("newest", table.newest.ticks);
  writer.number("oldest_tombstone", table.oldest_tombstone.ticks);
}

bool parse_number(const JsonView& value, std::uint64_t& out, int base = 10) {
  if (value.kind != JsonKind::kString || value.text.empty()) return false;
  const char* const last = value.text.data() + value.text.size();
  const auto [end, error] = std::from_chars(value.text.data(), last, out, base);
  return error == std::errc{} && end == last;
}

// Reads the members of one object; the first that is absent or malformed is remembered.
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
  // All of an object that may be absent.
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

// The members that compaction brings.
void write_compaction(std::string& out, Writer& writer, const VersionEdit& edit) {
  if (edit.policy) {
    writer.name("policy");
    out += encode_policy_state(*edit.policy);
  }
  const char* before = "[";
  if (!edit.jobs.empty()) writer.name("jobs");
  for (const JobRecord& job : edit.jobs) {
    out += std::exchange(before, ",");
    out += encode_job(job);
  }
  if (!edit.jobs.empty()) out += ']';
  if (edit.jobs_kept) writer.number("jobs_kept", *edit.jobs_kept);
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

void write_edit(std::string& out, const VersionEdit& edit) {
  Writer writer(out);
  if (edit.next_file) writer.number("next_file", edit.next_file->value);
  if (edit.first_log) writer.number("first_log", edit.first_log->value);
  if (edit.ceiling) writer.number("ceiling", edit.ceiling->ticks);
  if (edit.history_floor) writer.number("history_floor", edit.history_floor->ticks);
  if (edit.closed_log) {
    writer.number("closed_log", edit.closed_log->number.value);
    writer.number("closed_log_bytes", edit.closed_log->bytes);
  }
  const char* before = "[";
  if (!edit.added.empty()) writer.name("add");
  for (const VersionEdit::Added& added : edit.added) {
    out += std::exchange(before, ",");
    write_table(out, added);
  }
  if (!edit.added.empty()) out += ']';
  before = "[";
  if (!edit.removed.empty()) writer.name("remove");
  for (const FileNumber number : edit.removed) {
    out += std::exchange(before, ",");
    writer.quoted(number.value);
  }
  if (!edit.removed.empty()) out += ']';
  write_compaction(out, writer, edit);
}

}  // namespace

std::string encode_edit(const VersionEdit& edit) {
  std::string out;
  write_edit(out, edit);
  return out;
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
  if (fields.has("closed_log")) {
    const FileNumber number{fields.number("closed_log")};
    edit.closed_log = ClosedLog{.number = number, .bytes = fields.number("closed_log_bytes")};
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
