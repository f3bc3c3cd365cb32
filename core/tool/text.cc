#include "core/tool/text.h"

#include <array>
#include <chrono>

#include <fmt/format.h>

#include "core/base/bytes.h"

namespace mylonite::tool {

std::string human_bytes(std::uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{} B", bytes);
  constexpr std::array<std::string_view, 5> kUnits = {"KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t unit = 0;
  std::uint64_t tenths = bytes / 1024 * 10 + bytes % 1024 * 10 / 1024;
  while (tenths >= 10'240 && unit + 1 < kUnits.size()) {
    tenths /= 1024;
    ++unit;
  }
  return fmt::format("{}.{} {}", tenths / 10, tenths % 10, kUnits[unit]);
}

std::string counted(std::uint64_t n, std::string_view one) {
  if (n == 1) return fmt::format("1 {}", one);
  if (!one.ends_with('y')) return fmt::format("{} {}s", n, one);
  return fmt::format("{} {}ies", n, one.substr(0, one.size() - 1));
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  return fmt::format("{} %", whole == 0 ? 0 : part * 100 / whole);
}

std::string utc(Timestamp at) {
  const std::chrono::sys_seconds second{std::chrono::seconds(at.ticks / kTicksPerSecond)};
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(second - day);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03} UTC", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(),
                     at.ticks % kTicksPerSecond / (kTicksPerSecond / 1000));
}

std::string stamp_text(Timestamp at) { return at == kTimestampMax ? "none" : fmt::format("{}", at.ticks); }

std::string shown(std::string_view bytes, const cli::Form& form, std::size_t longest) {
  if (!form.hex) return fmt::format("\"{}\"", printable(bytes, longest));
  if (bytes.size() <= longest) return to_hex(bytes);
  return fmt::format("{}… ({} bytes)", to_hex(bytes.substr(0, longest)), bytes.size());
}

std::string_view kind_name(Kind kind) {
  switch (kind) {
    case Kind::kPut: return "put";
    case Kind::kDelete: return "delete";
    case Kind::kRangeDelete: return "range delete";
  }
  return "unknown";
}

std::string span_text(Span keys, const cli::Form& form, std::size_t longest) {
  const bool excluded = trailer_of(keys.largest) == kBorderTrailer;
  return fmt::format("{} .. {}{}", shown(user_key_of(keys.smallest), form, longest), excluded ? "before " : "",
                     shown(user_key_of(keys.largest), form, longest));
}

}  // namespace mylonite::tool
