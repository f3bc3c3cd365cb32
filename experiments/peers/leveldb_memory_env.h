// LevelDB's environment in memory, where background work is a queue and every append and read of a table is counted.
//
// No clock moves, and no thread is started. Thread-safety: one thread.
#pragma once

#include <algorithm>
#include <cstdarg>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <leveldb/env.h>

#include "experiments/peers/background_work.h"

namespace mylonite::experiments {

class LevelMemoryEnv final : public leveldb::Env {
  using Bytes = std::shared_ptr<std::string>;
  using Status = leveldb::Status;

 public:
  explicit LevelMemoryEnv(BackgroundWork& work) : work_(work) {}

  Status NewSequentialFile(const std::string& name, leveldb::SequentialFile** file) override {
    return made<InOrder>(name, file);
  }
  Status NewRandomAccessFile(const std::string& name, leveldb::RandomAccessFile** file) override {
    return made<Anywhere>(name, file);
  }
  Status NewWritableFile(const std::string& name, leveldb::WritableFile** file) override {
    files_[name] = std::make_shared<std::string>();
    *file = new Output{files_[name], name, work_};
    return {};
  }
  bool FileExists(const std::string& name) override { return files_.contains(name); }
  Status GetChildren(const std::string& directory, std::vector<std::string>* names) override {
    names->clear();
    for (const auto& [name, bytes] : files_) {
      if (name.starts_with(directory + "/")) names->push_back(name.substr(directory.size() + 1));
    }
    return {};
  }
  Status RemoveFile(const std::string& name) override {
    work_.removed(name);
    return files_.erase(name) > 0 ? Status() : Status::NotFound(name);
  }
  Status CreateDir(const std::string& /*name*/) override { return {}; }
  Status RemoveDir(const std::string& /*name*/) override { return {}; }
  Status GetFileSize(const std::string& name, std::uint64_t* size) override {
    if (!FileExists(name)) return Status::NotFound(name);
    *size = files_[name]->size();
    return {};
  }
  Status RenameFile(const std::string& from, const std::string& to) override {
    if (!FileExists(from)) return Status::NotFound(from);
    files_[to] = std::move(files_[from]);
    files_.erase(from);
    return {};
  }
  Status LockFile(const std::string& /*name*/, leveldb::FileLock** lock) override {
    *lock = new leveldb::FileLock;
    return {};
  }
  Status UnlockFile(leveldb::FileLock* lock) override {
    delete lock;
    return {};
  }
  void Schedule(void (*run)(void*), void* argument) override { work_.add({.run = run, .argument = argument}); }
  void StartThread(void (*run)(void*), void* argument) override { work_.add({.run = run, .argument = argument}); }
  Status GetTestDirectory(std::string* path) override {
    *path = "/test";
    return {};
  }
  Status NewLogger(const std::string& /*name*/, leveldb::Logger** logger) override {
    *logger = new Silent;
    return {};
  }
  std::uint64_t NowMicros() override { return 0; }
  void SleepForMicroseconds(int /*micros*/) override {}

 private:
  struct Silent final : leveldb::Logger {
    void Logv(const char* /*format*/, std::va_list /*arguments*/) override {}
  };

  // Copies at most n bytes from a place.
  static leveldb::Slice copied(const std::string& bytes, std::uint64_t at, std::size_t n, char* to) {
    const std::size_t from = std::min<std::size_t>(at, bytes.size());
    return {to, bytes.copy(to, n, from)};
  }

  struct InOrder final : leveldb::SequentialFile {
    InOrder(Bytes given, const std::string& /*name*/, BackgroundWork& /*work*/) : bytes(std::move(given)) {}
    Status Read(std::size_t n, leveldb::Slice* result, char* scratch) override {
      *result = copied(*bytes, place, n, scratch);
      place += result->size();
      return {};
    }
    Status Skip(std::uint64_t n) override {
      place += n;
      return {};
    }
    Bytes bytes;
    std::uint64_t place = 0;
  };

  struct Anywhere final : leveldb::RandomAccessFile {
    Anywhere(Bytes given, const std::string& name, BackgroundWork& counted)
        : bytes(std::move(given)), table(BackgroundWork::is_table(name)), work(counted) {}
    Status Read(std::uint64_t offset, std::size_t n, leveldb::Slice* result, char* scratch) const override {
      work.read(table, n);
      *result = copied(*bytes, offset, n, scratch);
      return {};
    }
    Bytes bytes;
    bool table;
    BackgroundWork& work;
  };

  struct Output final : leveldb::WritableFile {
    Output(Bytes given, std::string named, BackgroundWork& counted)
        : bytes(std::move(given)), name(std::move(named)), work(counted) {}
    Status Append(const leveldb::Slice& data) override {
      bytes->append(data.data(), data.size());
      work.appended(name, data.size());
      return {};
    }
    Status Close() override { return {}; }
    Status Flush() override { return {}; }
    Status Sync() override { return {}; }
    Bytes bytes;
    const std::string name;
    BackgroundWork& work;
  };

  template <class File, class Base>
  Status made(const std::string& name, Base** file) {
    const auto found = files_.find(name);
    if (found == files_.end()) return Status::NotFound(name);
    *file = new File{found->second, name, work_};
    return {};
  }

  std::map<std::string, Bytes> files_;
  BackgroundWork& work_;
};

}  // namespace mylonite::experiments
