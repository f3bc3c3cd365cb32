// The environment that all tables of a store share: the place of their files, and the caches.
//
// The store and its open tables own it jointly. Tables may outlive the store, so it shares the file system, too.
// Thread-safety: any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <mylonite/file_system.h>
#include <mylonite/options.h>

#include "core/sst/block_cache.h"
#include "core/sst/compression.h"
#include "core/sst/file_cache.h"
#include "core/vfs/util.h"

namespace mylonite {

// Reads that tables count, for policies that ask for it.
struct ReadCounting {
  std::atomic<bool> on{false};
  std::atomic<bool> ask_policy{false};  // set by a read that may have changed what the policy chooses
};

struct TableEnvironment {
  TableEnvironment(std::shared_ptr<vfs::FileSystem> file_system, std::string path, const Options& options)
      : fs(std::move(file_system)),
        directory(std::move(path)),
        blocks(options.block_cache_bytes),
        files(*fs, directory, options.open_files_max) {}
  // With a file system that outlives all open tables.
  TableEnvironment(vfs::FileSystem& file_system, std::string path, const Options& options)
      : TableEnvironment(vfs::borrowed(file_system), std::move(path), options) {}

  const std::shared_ptr<vfs::FileSystem> fs;
  const std::string directory;
  BlockCache blocks;
  FileCache files;
  Decompressor decompressor;
  ReadCounting reads;
  std::atomic<std::uint64_t> filter_negatives{0};        // gets that a filter answered
  std::atomic<std::uint64_t> blocks_read_bytes{0};       // of files, for readers, not for merges
  std::atomic<std::uint64_t> filter_false_positives{0};  // gets that passed it, for a key that they did not find
  std::atomic<std::uint64_t> metadata_bytes{0};  // pinned by open tables: filters, indexes, range deletes, cache slots
};

}  // namespace mylonite
