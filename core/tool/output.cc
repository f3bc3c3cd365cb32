#include "core/tool/output.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "core/base/bytes.h"

namespace mylonite::tool {
namespace {

Error output_failed() {
  return Error(Code::kIo, fmt::format("write: {}", std::system_category().message(errno))).in("standard output");
}

}  // namespace

Status print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) return output_failed();
  return {};
}

Status flush() {
  if (std::fflush(stdout) != 0) return output_failed();
  return {};
}

void say_aside(std::string_view text) { static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr)); }

Result<std::string> bytes_from(std::string_view text, const Form& form) {
  if (!form.hex) return std::string(text);
  auto bytes = from_hex(text);
  if (!bytes) {
    return Error(Code::kInvalidArgument,
                 fmt::format("--hex: expected an even number of hex digits, found '{}'", printable(text)));
  }
  return std::move(*bytes);
}

std::string text_from(std::string_view bytes, const Form& form) {
  return form.hex ? to_hex(bytes) : std::string(bytes);
}

}  // namespace mylonite::tool
