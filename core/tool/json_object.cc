#include "core/tool/json_object.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace mylonite::tool {

void JsonObject::add(std::string_view member) {
  if (!members_.empty()) members_ += ',';
  members_ += member;
}

JsonObject& JsonObject::number(std::string_view name, std::uint64_t value) {
  return raw(name, fmt::format("{}", value));
}

JsonObject& JsonObject::signed_number(std::string_view name, std::int64_t value) {
  return raw(name, fmt::format("{}", value));
}

JsonObject& JsonObject::flag(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }

JsonObject& JsonObject::text(std::string_view name, std::string_view value) {
  return raw(name, nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

JsonObject& JsonObject::bytes(std::string_view name, std::string_view value, const Form& form) {
  add(json_member(name, value, form));
  return *this;
}

JsonObject& JsonObject::raw(std::string_view name, std::string_view json) {
  add(fmt::format("\"{}\":{}", name, json));
  return *this;
}

void JsonArray::add(std::string_view json) {
  if (!values_.empty()) values_ += ',';
  values_ += json;
}

}  // namespace mylonite::tool
