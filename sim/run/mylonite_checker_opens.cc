// The part of the checker about opens: what is looked at before the store's own, and those that must be refused.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <mylonite/file_system.h>

#include "core/format/file_names.h"
#include "core/version/manifest.h"
#include "sim/machine/sanitizer.h"
#include "sim/run/mylonite_checker.h"

namespace mylonite::sim {
namespace {

// The file system of the machine, for a second opener: notes the first call that changes a name, or may change a file.
class Watched final : public vfs::FileSystem {
 public:
  explicit Watched(vfs::FileSystem& fs) : fs_(fs) {}
  const std::string& first() const { return first_; }

  Result<std::unique_ptr<vfs::File>> open(const std::string& path, vfs::OpenMode mode) override {
    if (mode != vfs::OpenMode::kRead) note("open for writing", path);
    return fs_.open(path, mode);
  }
  Status rename(const std::string& from, const std::string& to) override {
    note("rename", from);
    return fs_.rename(from, to);
  }
  Status link(const std::string& from, const std::string& to) override {
    note("link", from);
    return fs_.link(from, to);
  }
  Status remove(const std::string& path) override {
    note("remove", path);
    return fs_.remove(path);
  }
  Status make_directory(const std::string& path) override {
    note("make_directory", path);
    return fs_.make_directory(path);
  }
  Status remove_directory(const std::string& path) override {
    note("remove_directory", path);
    return fs_.remove_directory(path);
  }
  Result<std::vector<std::string>> list(const std::string& path) override { return fs_.list(path); }
  Status sync_directory(const std::string& path) override {
    note("sync_directory", path);
    return fs_.sync_directory(path);
  }
  Result<std::unique_ptr<vfs::FileLock>> lock(const std::string& path) override { return fs_.lock(path); }
  Result<std::optional<vfs::FileInfo>> stat(const std::string& path) override { return fs_.stat(path); }
  Result<vfs::SpaceInfo> space() override { return fs_.space(); }

 private:
  void note(const char* call, const std::string& path) {
    if (first_.empty()) first_ = fmt::format("{} of {}", call, path);
  }

  vfs::FileSystem& fs_;
  std::string first_;
};

}  // namespace

std::optional<StoreDump> MyloniteChecker::look_before_open() {
  check_copies();
  check_destructions();
  check_recorded_policy();
  check_refusal();
  damage_.run();
  return look_only();
}

std::optional<StoreDump> MyloniteChecker::look(Store& store, const char* call) {
  auto found = dump(store);
  if (!parts_.answers.succeeded(call, error_of(found))) return std::nullopt;
  return std::move(*found);
}

// Opens an existing store with error_if_exists, if the scenario says so: it is refused and not touched.
void MyloniteChecker::check_refusal() {
  if (!parts_.plan.refused_first || parts_.answers.dead() ||
      !parts_.state.disk.find(parts_.plan.options.data_dir + "/" + std::string(kCurrentName))) {
    return;
  }
  const std::uint64_t before = parts_.state.disk.hash();
  Options options = parts_.plan.options;
  options.error_if_exists = true;
  const auto opened = Store::open(parts_.fs, options, parts_.state.components());
  const SimulatorCode scope;
  parts_.observer.mark("sim.open_refused");
  if (opened.ok() || opened.error().code() != Code::kAlreadyExists) {
    parts_.state.oracle.violate("open", "error_if_exists: an open of a store that exists is not kAlreadyExists");
  }
  if (parts_.state.disk.hash() != before) parts_.state.oracle.violate("open", "a refused open changed the disk");
  parts_.answers.stop_if_violated();
}

// Its calls go to the same file system, which orders them among those of the store.
void MyloniteChecker::check_second_opener() {
  if (!parts_.plan.second_opener || parts_.answers.dead()) return;
  Watched fs(parts_.fs);
  const auto opened = Store::open(fs, parts_.plan.options, parts_.state.components());
  if (parts_.answers.dead()) return;
  const SimulatorCode scope;
  parts_.observer.mark("sim.second_opener");
  if (opened.ok() || opened.error().code() != Code::kLocked) {
    const std::string answer = opened.ok() ? "success" : opened.error().to_string();
    parts_.state.oracle.violate("second-opener", "the answer to another open is " + answer + "; expected: locked");
  }
  if (!fs.first().empty()) parts_.state.oracle.violate("second-opener", "another open did: " + fs.first());
  parts_.answers.stop_if_violated();
}

// Reads the manifest that the store left, and checks the policy that it names. The harness does not rely on the store.
void MyloniteChecker::check_recorded_policy() {
  const SimulatorCode scope;
  if (parts_.state.recorded_policy.known() && parts_.state.disk_is_honest() && !parts_.answers.dead()) {
    faultfs::SimFileSystem plain(parts_.state.disk);
    const auto manifest = load_manifest(plain, parts_.plan.options.data_dir);  // the open judges one that is not sound
    if (manifest.ok()) {
      const auto& recorded = manifest->version.policy;
      const std::string why = parts_.state.recorded_policy.refuses(recorded ? recorded->policy : "");
      if (!why.empty()) parts_.state.oracle.violate("policy", why);
    }
  }
  parts_.state.recorded_policy.opens(parts_.plan.options.compaction_policy);
  parts_.answers.stop_if_violated();
}

// Opens an existing store for reading, if the scenario says so, and checks that this changes nothing.
std::optional<StoreDump> MyloniteChecker::look_only() {
  RunState& state = parts_.state;
  AnswerChecker& answers = parts_.answers;
  const Options& options = parts_.plan.options;
  if (!parts_.plan.read_only_first || !state.disk.find(options.data_dir + "/" + std::string(kCurrentName))) {
    return std::nullopt;
  }
  const std::uint64_t before = state.disk.hash();
  std::optional<StoreDump> found;
  {
    auto store = Store::open_read_only(parts_.fs, options, nullptr);
    if (!answers.succeeded("read-only open", error_of(store))) return std::nullopt;
    found = look(**store, "read-only reads");
    if (!answers.succeeded("read-only close", error_of((*store)->close()))) return std::nullopt;
  }
  const SimulatorCode scope;
  parts_.observer.mark("sim.read_only_open");
  if (state.disk.hash() != before) {
    state.oracle.violate("read-only", "opening the store for reading changed the disk");
    answers.stop_if_violated();
  }
  return found;
}

}  // namespace mylonite::sim
