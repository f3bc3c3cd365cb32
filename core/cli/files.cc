#include "core/cli/files.h"

#include <utility>

#include <fmt/format.h>

#include "core/vfs/path.h"
#include "core/vfs/posix.h"
#include "core/vfs/util.h"

namespace mylonite::cli {
namespace {

std::string name_of(const std::string& path) { return std::string(vfs::name_of(path)); }
std::string temporary_of(const std::string& path) { return name_of(path).append(kPartial); }

bool meet(const std::string& written, const std::string& other) {
  const std::string partial = std::string(kPartial);
  return written == other || written + partial == other || written == other + partial;
}

Status named(const Status& done, const std::string& path) {
  return done.ok() ? done : Status(done.error().in(path, done.error().offset()));
}

}  // namespace

Result<std::string> read_file(const std::string& path) { return vfs::read_posix_file(path); }

std::string advice_for_unread(const std::string& path, const Error& error) {
  const std::string partial = path + std::string(kPartial);
  if (error.code() != Code::kNotFound || is_partial(path) || !read_file(partial).ok()) return {};
  return fmt::format("{} is there: its run was stopped, or goes on; name it to use what it has so far", partial);
}

Status write_file(const std::string& path, std::string_view text) {
  auto file = LineFile::create(path);
  if (!file.ok()) return file.error();
  Status done = file->add(text);
  if (done.ok()) done = file->complete();
  if (!done.ok()) static_cast<void>(file->discard());  // the first error is the one to tell
  return done;
}

Result<std::string> keep_file(const std::string& stem, std::string_view ending, std::string_view text) {
  for (std::uint64_t number = 1;; ++number) {
    std::string path = fmt::format("{}{}{}", stem, number == 1 ? "" : fmt::format("-{}", number), ending);
    const auto there = read_file(path);
    if (there.ok() && *there == text) return path;
    if (there.ok()) continue;
    if (there.error().code() != Code::kNotFound) return there.error();
    if (Status done = write_file(path, text); !done.ok()) return done.error();
    return path;
  }
}

Status check_writable(const std::string& path) {
  const auto file = LineFile::create(path);
  return file.ok() ? file->discard() : Status(file.error());
}

Result<std::vector<std::string>> names_in(const std::string& directory) {
  auto fs = vfs::open_posix(directory);
  if (!fs.ok()) return fs.error().in(directory);
  return (*fs)->list("");
}

Status remove_file(const std::string& path) {
  auto parent = vfs::open_directory_of(path);
  if (!parent.ok()) return parent.error().in(path);
  return named((*parent)->remove(name_of(path)), path);
}

Status make_directory(const std::string& path) {
  if (vfs::open_posix(path).ok()) return {};
  if (path.size() > 1 && path.ends_with('/')) return make_directory(path.substr(0, path.size() - 1));
  auto parent = vfs::open_directory_of(path);
  if (!parent.ok()) return parent.error().in(path);
  return named((*parent)->make_directory(name_of(path)), path);
}

Status check_distinct(const std::vector<GivenPath>& written, const std::vector<GivenPath>& read) {
  for (std::size_t i = 0; i < written.size(); ++i) {
    const std::string place = vfs::place_of(written[i].path);
    const auto refuse = [&](const GivenPath& other, std::string_view does) {
      const char* const until = place == vfs::place_of(other.path) ? "" : " until they are complete";
      return Error(Code::kInvalidArgument, fmt::format("{} {} and {} {} are one file{}: expected {}", other.option,
                                                       other.path, written[i].option, written[i].path, until, does));
    };
    for (std::size_t other = 0; other < i; ++other) {
      if (meet(place, vfs::place_of(written[other].path))) return refuse(written[other], "a file for each");
    }
    for (const GivenPath& each : read) {
      if (meet(place, vfs::place_of(each.path))) return refuse(each, "another file to write than those that are read");
    }
  }
  return {};
}

std::string LineFile::partial_path() const { return path_ + std::string(kPartial); }

Result<LineFile> LineFile::create(const std::string& given) {
  const std::string path = vfs::check_place_of_file(given).ok() ? given : vfs::without_links(given);
  if (Status free = vfs::check_place_of_file(path); !free.ok()) return free.error();
  auto fs = vfs::open_directory_of(path);
  if (!fs.ok()) return fs.error().in(path);
  ignore((*fs)->remove(temporary_of(path)), "usually there is none");
  auto file = (*fs)->open(temporary_of(path), vfs::OpenMode::kCreateExclusive);
  if (!file.ok()) return file.error().in(path);
  return LineFile(path, std::move(*fs), std::move(*file));
}

Status LineFile::add(std::string_view line) { return named(file_->append(line), path_); }

Status LineFile::complete() {
  if (Status done = named(file_->sync(vfs::SyncKind::kDataAndSize), path_); !done.ok()) return done;
  if (Status done = named(file_->close(), path_); !done.ok()) return done;
  return named(fs_->rename(temporary_of(path_), name_of(path_)), path_);
}

Status LineFile::discard() const {
  if (Status done = named(file_->close(), path_); !done.ok()) return done;
  return named(fs_->remove(temporary_of(path_)), path_);
}

}  // namespace mylonite::cli
