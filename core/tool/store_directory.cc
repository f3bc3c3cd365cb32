#include "core/tool/store_directory.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/vfs/posix.h"

namespace mylonite::tool {

std::vector<FileNumber> StoreDirectory::numbers(FileKind kind) const {
  std::vector<FileNumber> numbers;
  for (const FileName& file : ours) {
    if (file.kind == kind) numbers.push_back(file.number);
  }
  return numbers;
}

Result<std::vector<FileName>> StoreDirectory::ours_now() const {
  const auto names = fs->list(directory);
  if (!names.ok()) return names.error();
  std::vector<FileName> found;
  for (const std::string& name : *names) {
    if (const auto file = parse_file_name(name)) found.push_back(*file);
  }
  std::ranges::sort(found);
  return found;
}

Result<StoreDirectory> locate(const std::string& data_dir) {
  std::error_code failed;
  const std::filesystem::path whole = std::filesystem::canonical(data_dir, failed);
  if (failed == std::errc::no_such_file_or_directory || failed == std::errc::not_a_directory) {
    return Error(Code::kNotAStore, "no store here").in(data_dir);
  }
  if (failed) return Error(Code::kIo, failed.message()).in(data_dir);
  auto fs = vfs::open_posix(whole.parent_path().string());
  if (!fs.ok()) return fs.error();
  StoreDirectory store{
      .fs = std::move(*fs), .directory = whole.filename().string(), .ours = {}, .foreign = {}, .whole = whole.string()};
  const auto there = store.fs->stat(store.directory);
  if (!there.ok()) return there.error();
  if (!*there || !(*there)->is_directory) return Error(Code::kNotAStore, "a file, not a directory").in(data_dir);
  auto names = store.fs->list(store.directory);
  if (!names.ok()) return names.error();
  for (std::string& name : *names) {
    if (const auto file = parse_file_name(name)) {
      store.ours.push_back(*file);
    } else {
      store.foreign.push_back(std::move(name));
    }
  }
  std::ranges::sort(store.ours);
  const bool a_store = std::ranges::any_of(store.ours, [](const FileName& file) {
    return file.kind != FileKind::kLock && file.kind != FileKind::kCurrentTemporary;
  });
  if (!a_store) return Error(Code::kNotAStore, "no store here").in(data_dir);
  return store;
}

}  // namespace mylonite::tool
