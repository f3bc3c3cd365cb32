// A FileSystem over a simulated Disk: what a process sees. Faults, crashes and schedules come in through one
// Interceptor (interceptor.h); without one it is a plain, fast, in-memory filesystem that behaves as posix does.
//
// One object is one process. Several may share one disk. Its destruction frees its locks. Open files stay held until
// faultfs::process_kill or power_loss makes the next disk. Files and locks must not be used or destroyed after the file
// system, nor after an assignment to the disk. They may be abandoned undestroyed (a killed process).
// Thread-safety: that of the interface; one flag guards the disk. It is never held across the interceptor, so simulated
// threads never wait for it. The interceptor serves real threads only if it is made for them. The caller must not copy
// the disk while real threads run.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include <mylonite/faultfs/disk.h>
#include <mylonite/faultfs/interceptor.h>
#include <mylonite/file_system.h>

namespace mylonite::faultfs {

class SimFileSystem final : public vfs::FileSystem {
 public:
  explicit SimFileSystem(Disk& disk, Interceptor* interceptor = nullptr) : disk_(disk), interceptor_(interceptor) {}
  SimFileSystem(const SimFileSystem&) = delete;
  SimFileSystem& operator=(const SimFileSystem&) = delete;
  ~SimFileSystem() override;

  Result<std::unique_ptr<vfs::File>> open(const std::string& path, vfs::OpenMode mode) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status link(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;

  Status make_directory(const std::string& path) override;
  Status remove_directory(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;
  Status sync_directory(const std::string& path) override;

  Result<std::unique_ptr<vfs::FileLock>> lock(const std::string& path) override;
  Result<std::optional<vfs::FileInfo>> stat(const std::string& path) override;
  Result<vfs::SpaceInfo> space() override;

 private:
  class Handle;
  class Lock;

  // Runs one call between before() and after(): the effect, or `instead` in its place. The effect fills the result's
  // size and bytes if it has any.
  template <class Effect, class Instead>
  Status run(const Call& call, Effect effect, Instead instead);
  template <class Effect>
  Status run(const Call& call, Effect effect) {
    return run(call, effect, [](const Verdict&) {});
  }
  template <class Effect>
  auto guarded(Effect effect);
  void release(NodeId file);

  Disk& disk_;
  Interceptor* const interceptor_;
  std::atomic_flag busy_;
  std::vector<NodeId> locked_;
};

}  // namespace mylonite::faultfs
