#include "core/base/json.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/bytes.h"

namespace mylonite {
namespace {

using Json = nlohmann::ordered_json;

bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

}  // namespace

std::string json_text(std::string_view text) {
  if (std::ranges::all_of(text, is_plain)) return fmt::format("\"{}\"", text);
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string json_real(double value) { return Json(value).dump(); }

void JsonObject::name(std::string_view name) {
  if (text_.size() > 1) text_ += ',';
  text_ += '"';
  text_ += name;
  text_ += "\":";
}

JsonObject& JsonObject::raw(std::string_view name, std::string_view json) {
  this->name(name);
  text_ += json;
  return *this;
}

JsonObject& JsonObject::number(std::string_view name, std::uint64_t value) {
  return raw(name, fmt::format_int(value).c_str());
}

JsonObject& JsonObject::signed_number(std::string_view name, std::int64_t value) {
  return raw(name, fmt::format_int(value).c_str());
}

JsonObject& JsonObject::number_text(std::string_view name, std::uint64_t value) {
  return raw(name, fmt::format("\"{}\"", value));
}

JsonObject& JsonObject::real(std::string_view name, double value) { return raw(name, json_real(value)); }

JsonObject& JsonObject::flag(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }

JsonObject& JsonObject::text(std::string_view name, std::string_view value) { return raw(name, json_text(value)); }

JsonObject& JsonObject::bytes(std::string_view name, std::string_view value, bool hex) {
  if (!hex && std::ranges::all_of(value, is_plain)) return text(name, value);
  if (!hex) {
    try {
      return raw(name, Json(value).dump());
    } catch (const Json::exception&) {
      // Not UTF-8: hex below.
    }
  }
  return raw(fmt::format("{}_hex", name), fmt::format("\"{}\"", to_hex(value)));
}

JsonArray& JsonArray::add(std::string_view json) {
  if (text_.size() > 1) text_ += ',';
  text_ += json;
  return *this;
}

JsonArray& JsonArray::number(std::uint64_t value) { return add(fmt::format_int(value).c_str()); }

JsonArray& JsonArray::signed_number(std::int64_t value) { return add(fmt::format_int(value).c_str()); }

JsonArray& JsonArray::number_text(std::uint64_t value) { return add(fmt::format("\"{}\"", value)); }

JsonArray& JsonArray::real(double value) { return add(json_real(value)); }

JsonArray& JsonArray::text(std::string_view value) { return add(json_text(value)); }

std::string indented(std::string_view json, int by) { return Json::parse(json).dump(by) + "\n"; }

}  // namespace mylonite
