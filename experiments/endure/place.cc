#include "experiments/endure/place.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>

#include "core/sst/table_reader.h"
#include "core/vfs/posix.h"

namespace mylonite::experiments {
namespace {

constexpr std::chrono::milliseconds kSampleEvery(5);

void raise(std::atomic<std::uint64_t>& peak, std::uint64_t to) {
  std::uint64_t before = peak.load();
  while (before < to && !peak.compare_exchange_weak(before, to)) continue;
}

}  // namespace

Result<Scratch> Scratch::make(const std::string& parent) {
  std::error_code error;
  const auto above = parent.empty() ? std::filesystem::temp_directory_path(error) : std::filesystem::path(parent);
  std::string pattern = (above / "mylonite-lab-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    return Error(Code::kIo, "no directory can be made here: " + std::system_category().message(errno))
        .in(above.string());
  }
  return Scratch(std::move(pattern));
}

Scratch::~Scratch() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

std::uint64_t resident_bytes() {
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t descriptors_below(const std::string& directory) {
  std::uint64_t count = 0;
  std::error_code error;
  const std::string below = std::filesystem::canonical(directory, error).string() + "/";
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    if (std::filesystem::read_symlink(entry, error).string().starts_with(below)) ++count;
  }
  return count;
}

RssSampler::RssSampler()
    : thread_([this] {
        while (!stop_) {
          raise(peak_, resident_bytes());
          std::this_thread::sleep_for(kSampleEvery);
        }
      }) {}

RssSampler::~RssSampler() {
  stop_ = true;
  thread_.join();
}

std::uint64_t RssSampler::take_peak() { return std::max(peak_.exchange(0), resident_bytes()); }

Status verify_tables(const Version& version, const Options& options) {
  const std::filesystem::path directory = options.data_dir;
  auto fs = vfs::open_posix(directory.parent_path().string());
  if (!fs.ok()) return fs.error();
  const auto environment = std::make_shared<TableEnvironment>(**fs, directory.filename().string(), options);
  for (const TableInfo* info : version.tables()) {
    const auto table = TableReader::open(environment, *info);
    if (!table.ok()) return table.error();
    if (Status sound = (*table)->verify(); !sound.ok()) return sound;
  }
  return {};
}

}  // namespace mylonite::experiments
