// The codecs of data blocks: none, LZ4 (the plain block format) and Zstandard (one frame with its content size).
//
// A compressed block is stored as
//
//   | varint: bytes before compression | compressed bytes |
//
// but only when that saves at least an eighth; else the block is stored uncompressed, under codec none.
//
// Memory of the libraries comes from operator new. Decoders accept any bytes: they trust a size only up to the codec's
// greatest expansion of the bytes present, and never above kRawBytesMax.
// Thread-safety: a Compressor is for one thread; a Decompressor may be used from any thread at once.
// Complexity: linear. Memory of a Compressor: 16 KiB for LZ4, the level's need for Zstandard.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/status.h>

#include "core/rt/rt.h"

namespace mylonite {

enum class Codec : std::uint8_t { kNone = 0, kLz4 = 1, kZstd = 2 };

inline constexpr std::size_t kRawBytesMax = (1ULL << 31) - 1;
inline constexpr int kZstdLevel = 3;

// The codec of a name in Options::compression. An unknown name counts as none; validate() refuses it earlier.
Codec codec_named(std::string_view name);

class Compressor {
 public:
  explicit Compressor(Codec codec);

  // Appends the stored form of the block. False, with `out` unchanged: compression does not pay.
  bool compress(std::string_view raw, std::string& out);
  Codec codec() const { return codec_; }

 private:
  struct FreeZstd {
    void operator()(void* context) const;
  };
  std::size_t compress_into(std::string_view raw, char* to, std::size_t room);  // bytes written; 0: no room

  Codec codec_;
  std::unique_ptr<std::uint64_t[]> lz4_;  // the state of one call; words, so that it is aligned
  std::unique_ptr<void, FreeZstd> zstd_;
};

class Decompressor {
 public:
  // kCorruption when the bytes are not the stored form of a block under this codec (which is not kNone).
  Result<std::string> decompress(Codec codec, std::string_view stored);

 private:
  struct FreeZstd {
    void operator()(void* context) const;
  };
  using Context = std::unique_ptr<void, FreeZstd>;

  Context take();
  void give_back(Context context);

  rt::Mutex mutex_;
  std::vector<Context> idle_ GUARDED_BY(mutex_);  // at most as many as calls ran at once
};

}  // namespace mylonite
