#include "core/version/job_json.h"

#include <charconv>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/json.h"

namespace mylonite {
namespace {

using Json = nlohmann::ordered_json;

Error malformed(std::string_view what) {
  return Error(Code::kCorruption, fmt::format("manifest record: '{}' is absent or malformed", what));
}

// Reads the members of one object, and keeps the first that is absent or malformed.
class Fields {
 public:
  explicit Fields(const Json& object) : object_(object) {}

  std::string string(const char* name) {
    const auto found = object_.find(name);
    if (found != object_.end() && found->is_string()) return found->get<std::string>();
    fail(name);
    return "";
  }
  std::uint64_t number(const char* name) {
    const std::string digits = string(name);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc{} || end != digits.data() + digits.size()) fail(name);
    return value;
  }
  std::uint32_t small(const char* name) {
    const auto found = object_.find(name);
    if (found != object_.end() && is_small(*found)) return found->get<std::uint32_t>();
    fail(name);
    return 0;
  }
  std::vector<std::uint32_t> small_list(const char* name) {
    std::vector<std::uint32_t> list;
    for (const Json& each : array(name)) {
      if (!is_small(each)) fail(name);
      list.push_back(is_small(each) ? each.get<std::uint32_t>() : 0);
    }
    return list;
  }
  std::vector<Candidate> candidates(const char* name) {
    std::vector<Candidate> list;
    for (const Json& each : array(name)) {
      if (each.is_array() && each.size() == 2 && each[0].is_string() && each[1].is_number_integer()) {
        list.push_back({.what = each[0].get<std::string>(), .score = each[1].get<std::int64_t>()});
      } else {
        fail(name);
      }
    }
    return list;
  }
  const std::string& failed() const { return failed_; }

 private:
  static bool is_small(const Json& value) {
    return value.is_number_unsigned() && value.get<std::uint64_t>() <= UINT32_MAX;
  }
  Json array(const char* name) {
    const auto found = object_.find(name);
    if (found != object_.end() && found->is_array()) return *found;
    fail(name);
    return Json::array();
  }
  void fail(const char* name) {
    if (failed_.empty()) failed_ = name;
  }

  const Json& object_;
  std::string failed_;
};

}  // namespace

std::string encode_job(const JobRecord& job) {
  JsonArray rejected;
  for (const Candidate& each : job.why.rejected) {
    rejected.add(JsonArray().text(each.what).signed_number(each.score).array());
  }
  JsonArray from;
  for (const std::uint32_t level : job.from_levels) from.number(level);
  JsonObject object;
  object.number_text("id", job.id)
      .text("policy", job.policy)
      .text("trigger", job.why.trigger)
      .text("chosen", job.why.chosen)
      .raw("rejected", rejected.array())
      .raw("from", from.array())
      .number("to", job.to_level)
      .number_text("move", job.move ? 1 : 0);
  if (job.expired_through > kTimestampMin) object.number_text("expired_through", job.expired_through.ticks);
  return object.number_text("tables_in", job.tables_in)
      .number_text("tables_out", job.tables_out)
      .number_text("bytes_in", job.bytes_in)
      .number_text("bytes_above", job.bytes_above)
      .number_text("bytes_out", job.bytes_out)
      .number_text("bytes_edge", job.bytes_edge)
      .number_text("dropped", job.dropped)
      .number_text("at", job.at.ticks)
      .object();
}

Result<JobRecord> decode_job(std::string_view json) {
  const Json object = Json::parse(json, nullptr, false);
  if (!object.is_object()) return malformed("jobs");
  Fields fields(object);
  JobRecord job;
  job.id = fields.number("id");
  job.policy = fields.string("policy");
  job.why.trigger = fields.string("trigger");
  job.why.chosen = fields.string("chosen");
  job.why.rejected = fields.candidates("rejected");
  job.from_levels = fields.small_list("from");
  job.to_level = fields.small("to");
  job.move = fields.number("move") != 0;
  if (object.contains("expired_through")) job.expired_through = Timestamp{fields.number("expired_through")};
  job.tables_in = fields.number("tables_in");
  job.tables_out = fields.number("tables_out");
  job.bytes_in = fields.number("bytes_in");
  if (object.contains("bytes_above")) job.bytes_above = fields.number("bytes_above");
  job.bytes_out = fields.number("bytes_out");
  if (object.contains("bytes_edge")) job.bytes_edge = fields.number("bytes_edge");
  job.dropped = fields.number("dropped");
  job.at = Timestamp{fields.number("at")};
  if (!fields.failed().empty()) return malformed(fields.failed());
  return job;
}

std::string encode_policy_state(const PolicyState& state) {
  return JsonObject()
      .text("name", state.policy)
      .number_text("version", state.version)
      .text("state", state.state)
      .object();
}

Result<PolicyState> decode_policy_state(std::string_view json) {
  const Json object = Json::parse(json, nullptr, false);
  if (!object.is_object()) return malformed("policy");
  Fields fields(object);
  PolicyState policy;
  policy.policy = fields.string("name");
  policy.version = fields.number("version");
  policy.state = fields.string("state");
  if (!fields.failed().empty()) return malformed(fields.failed());
  return policy;
}

}  // namespace mylonite
