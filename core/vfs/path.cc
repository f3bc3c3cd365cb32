#include "core/vfs/path.h"

#include <fmt/format.h>

#include "core/base/bytes.h"

namespace mylonite::vfs {
namespace {

constexpr std::size_t kNameBytesMax = 255;
constexpr std::size_t kPathBytesMax = 4000;

Status refuse(std::string_view path, std::string_view why) {
  return Error(Code::kInvalidArgument, fmt::format("\"{}\" is not a path here: {}", printable(path), why))
      .in(std::string(path));
}

}  // namespace

Status check_path(std::string_view path) {
  if (path.empty()) return {};
  if (path.size() > kPathBytesMax) return refuse(path, "longer than 4000 bytes");
  if (path.find('\0') != std::string_view::npos) return refuse(path, "it holds a NUL byte");
  std::string_view rest = path;
  while (true) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    if (part.empty()) return refuse(path, "it is absolute or has an empty part");
    if (part == "." || part == "..") return refuse(path, "\".\" and \"..\" are not allowed");
    if (part.size() > kNameBytesMax) return refuse(path, "a part is longer than 255 bytes");
    if (slash == std::string_view::npos) return {};
    rest.remove_prefix(slash + 1);
  }
}

Status check_rename(std::string_view from, std::string_view to) {
  if (Status good = check_path(from); !good.ok()) return good;
  if (Status good = check_path(to); !good.ok()) return good;
  if (parent_of(from) == parent_of(to)) return {};
  return Error(Code::kInvalidArgument,
               fmt::format("cannot rename to \"{}\": both names must be in one directory", printable(to)))
      .in(std::string(from));
}

std::string_view parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view name_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace mylonite::vfs
