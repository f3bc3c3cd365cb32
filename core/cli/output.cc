#include "core/cli/output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "core/base/bytes.h"

namespace mylonite::cli {
namespace {

constexpr const char* kStandardOutput = "standard output";

Error output_failed(int error) {
  return Error(Code::kIo, fmt::format("write: {}", std::system_category().message(error))).in(kStandardOutput);
}

}  // namespace

Status print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) return output_failed(errno);
  return {};
}

Status flush() {
  if (std::fflush(stdout) != 0) return output_failed(errno);
  if (std::ferror(stdout) != 0) return output_failed(EIO);
  return {};
}

void print_error(std::string_view text) { static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr)); }

bool errors_go_to_a_terminal() { return ::isatty(STDERR_FILENO) == 1; }

bool is_closed_pipe(const Error& error) {
  return error.file() == kStandardOutput && error.message() == output_failed(EPIPE).message();
}

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

}  // namespace mylonite::cli
