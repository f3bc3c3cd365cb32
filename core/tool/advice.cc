#include "core/tool/advice.h"

#include <cerrno>
#include <filesystem>
#include <span>
#include <system_error>

#include <fmt/format.h>

#include "core/format/file_names.h"
#include "core/vfs/path.h"

namespace mylonite::tool {
namespace {

std::string_view without_slashes(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path;
}

// An error of the operating system, and what helps. Its message is at the end of an error's message.
struct Cause {
  int error;
  std::string_view step;
};
constexpr Cause kCauses[] = {
    {EACCES, "ask the directory's owner for permission, or run as the owner"},
    {EPERM, "ask the directory's owner for permission, or run as the owner"},
    {EROFS, "the file system is mounted for reading only; mount it for writing"},
    {EMFILE, "raise the limit on open files (`ulimit -n`), or --set open_files_max lower"},
    {ENFILE, "too many files are open on this machine; close some and run again"},
    {ELOOP, "the path leads through too many symbolic links"},
};

std::string about_io(const Error& error) {
  if (error.file() == "standard output") return "the output is incomplete; check its destination, then run again";
  if (error.file() == "standard input") return "acknowledged writes are kept; check the source of the input";
  for (const Cause& cause : kCauses) {
    if (error.message().ends_with(std::system_category().message(cause.error))) return std::string(cause.step);
  }
  return "acknowledged writes are kept; check the disk, then run again";
}

}  // namespace

std::string openable(const std::string& given) {
  const std::string_view last = vfs::name_of(without_slashes(given));
  if (last != "." && last != "..") return given;
  std::error_code failed;
  const std::filesystem::path there = std::filesystem::canonical(given, failed);
  // If the path does not exist, only "." can be resolved without the disk.
  const std::string_view above = vfs::parent_of(without_slashes(given));
  if (failed) return last == "." && !above.empty() ? openable(std::string(above)) : given;
  return there.string();
}

Error in_users_words(const Error& error, std::string_view given, std::string_view opened) {
  const std::string_view directory = without_slashes(given);
  const std::string_view name = vfs::name_of(without_slashes(opened));
  std::string_view file = error.file();
  if (file == name) return error.in(std::string(directory), error.offset());
  if (file.starts_with(name) && file.substr(name.size()).starts_with('/')) {
    file.remove_prefix(name.size() + 1);
  } else if (!parse_file_name(file)) {
    return error;
  }
  return error.in(fmt::format("{}{}{}", directory, directory == "/" ? "" : "/", file), error.offset());
}

std::string next_step(const Error& error) {
  switch (error.code()) {
    case Code::kInvalidArgument: return "";
    case Code::kAlreadyExists: return "choose a free name; what has this name was not changed";
    case Code::kOutOfRange: return "`mylonite stats` shows from which stamp (history_floor) to which (newest_stamp)";
    case Code::kNotFound:
      if (error.message().starts_with("the parent of data_dir")) {
        return "the directory that holds the store's directory must exist";
      }
      return "a file was removed meanwhile; run again, and run `mylonite verify` if it is still missing";
    case Code::kNotAStore: return "`put` and `load` make a store, only where the directory is absent or empty";
    case Code::kCorruption:
      return "make a copy of the whole directory; then `mylonite repair --dry-run` shows what can be saved";
    case Code::kUnsupported: return "use the newer version that wrote it";
    case Code::kLocked: return "another program has this store open; try again when it has closed it";
    case Code::kNoSpace: return "free some space and run again; acknowledged writes are kept";
    case Code::kIo:
    case Code::kReadOnly:
    case Code::kClosed: return about_io(error);
    case Code::kExhausted: break;
  }
  return "";
}

}  // namespace mylonite::tool
