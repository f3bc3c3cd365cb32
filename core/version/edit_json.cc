#include "core/version/edit_json.h"

#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/bytes.h"

namespace mylonite {
namespace {

using Json = nlohmann::ordered_json;

std::string text(std::uint64_t value) { return fmt::format("{}", value); }

Json table_json(const VersionEdit::Added& added) {
  const TableInfo& table = added.table;
  return Json{{"level", added.level},
              {"run", text(added.run.value)},
              {"table", text(table.number.value)},
              {"bytes", text(table.file_bytes)},
              {"footer", fmt::format("{:016x}", table.footer_hash)},
              {"smallest", to_hex(table.smallest)},
              {"largest", to_hex(table.largest)},
              {"entries", text(table.entries)},
              {"tombstones", text(table.tombstones)},
              {"range_deletes", text(table.range_deletes)},
              {"oldest", text(table.oldest.ticks)},
              {"newest", text(table.newest.ticks)},
              {"oldest_tombstone", text(table.oldest_tombstone.ticks)}};
}

// Reads the members of one object; the first that is absent or malformed is remembered.
class Fields {
 public:
  explicit Fields(const Json& object) : object_(object) {}

  bool has(const char* name) const { return object_.contains(name); }
  std::uint64_t number(const char* name, int base = 10) {
    const std::string digits = string(name);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (error != std::errc{} || end != digits.data() + digits.size() || digits.empty()) fail(name);
    return value;
  }
  std::uint32_t small(const char* name) {
    const auto found = object_.find(name);
    if (found == object_.end() || !found->is_number_unsigned() || found->get<std::uint64_t>() > 1000) {
      fail(name);
      return 0;
    }
    return found->get<std::uint32_t>();
  }
  std::string bytes(const char* name) {
    const auto decoded = from_hex(string(name));
    if (!decoded) fail(name);
    return decoded.value_or("");
  }
  const std::string& failed() const { return failed_; }

 private:
  std::string string(const char* name) {
    const auto found = object_.find(name);
    if (found != object_.end() && found->is_string()) return found->get<std::string>();
    fail(name);
    return "";
  }
  void fail(const char* name) {
    if (failed_.empty()) failed_ = name;
  }
  const Json& object_;
  std::string failed_;
};

Error malformed(std::string_view what) {
  return Error(Code::kCorruption, fmt::format("manifest record: '{}' is absent or malformed", what));
}

Result<VersionEdit::Added> table_from(const Json& object) {
  if (!object.is_object()) return malformed("add");
  Fields fields(object);
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

}  // namespace

std::string encode_edit(const VersionEdit& edit) {
  Json json = Json::object();
  if (edit.next_file) json["next_file"] = text(edit.next_file->value);
  if (edit.first_log) json["first_log"] = text(edit.first_log->value);
  if (edit.ceiling) json["ceiling"] = text(edit.ceiling->ticks);
  if (edit.history_floor) json["history_floor"] = text(edit.history_floor->ticks);
  if (edit.closed_log) {
    json["closed_log"] = text(edit.closed_log->number.value);
    json["closed_log_bytes"] = text(edit.closed_log->bytes);
  }
  for (const VersionEdit::Added& added : edit.added) json["add"].push_back(table_json(added));
  for (FileNumber number : edit.removed) json["remove"].push_back(text(number.value));
  return json.dump();
}

Result<VersionEdit> decode_edit(std::string_view json_text) {
  const Json json = Json::parse(json_text, nullptr, false);
  if (!json.is_object()) return malformed("edit");
  VersionEdit edit;
  Fields fields(json);
  if (fields.has("next_file")) edit.next_file = FileNumber{fields.number("next_file")};
  if (fields.has("first_log")) edit.first_log = FileNumber{fields.number("first_log")};
  if (fields.has("ceiling")) edit.ceiling = Timestamp{fields.number("ceiling")};
  if (fields.has("history_floor")) edit.history_floor = Timestamp{fields.number("history_floor")};
  if (fields.has("closed_log")) {
    const FileNumber number{fields.number("closed_log")};
    edit.closed_log = ClosedLog{.number = number, .bytes = fields.number("closed_log_bytes")};
  }
  if (!fields.failed().empty()) return malformed(fields.failed());
  for (const Json& table : json.value("add", Json::array())) {
    auto added = table_from(table);
    if (!added.ok()) return added.error();
    edit.added.push_back(std::move(*added));
  }
  for (const Json& number : json.value("remove", Json::array())) {
    Json wrapped{{"remove", number}};
    Fields one(wrapped);
    edit.removed.push_back(FileNumber{one.number("remove")});
    if (!one.failed().empty()) return malformed("remove");
  }
  return edit;
}

}  // namespace mylonite
