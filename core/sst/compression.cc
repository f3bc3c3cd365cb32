#include "core/sst/compression.h"

#include <lz4.h>
#include <zstd.h>

#include <new>
#include <utility>

#include <fmt/format.h>

#include "core/base/coding.h"
#include "core/base/invariant.h"

namespace mylonite {
namespace {

// The greatest expansion of a byte: LZ4's by its format; Zstandard makes at most a block of 128 KiB of 3 bytes.
constexpr std::uint64_t kLz4RatioMax = 255;
constexpr std::uint64_t kZstdRatioMax = (128 << 10) / 3 + 1;

void* allocate(void*, std::size_t size) { return ::operator new(size); }
void release(void*, void* memory) { ::operator delete(memory); }
constexpr ZSTD_customMem kOurMemory = {.customAlloc = allocate, .customFree = release, .opaque = nullptr};

Error damaged(std::string message) { return Error(Code::kCorruption, std::move(message)); }

}  // namespace

Codec codec_named(std::string_view name) {
  if (name == "lz4") return Codec::kLz4;
  if (name == "zstd") return Codec::kZstd;
  return Codec::kNone;
}

void Compressor::FreeZstd::operator()(void* context) const { ZSTD_freeCCtx(static_cast<ZSTD_CCtx*>(context)); }
void Decompressor::FreeZstd::operator()(void* context) const { ZSTD_freeDCtx(static_cast<ZSTD_DCtx*>(context)); }

Compressor::Compressor(Codec codec) : codec_(codec) {
  if (codec == Codec::kLz4) {
    lz4_ = std::make_unique<std::uint64_t[]>(static_cast<std::size_t>(LZ4_sizeofState()) / sizeof(std::uint64_t) + 1);
  }
  if (codec == Codec::kZstd) {
    zstd_.reset(ZSTD_createCCtx_advanced(kOurMemory));
    invariant(zstd_ != nullptr, "a context can be made");
  }
}

std::size_t Compressor::compress_into(std::string_view raw, char* to, std::size_t room) {
  if (codec_ == Codec::kLz4) {
    if (raw.size() > LZ4_MAX_INPUT_SIZE) return 0;
    const int written =
        LZ4_compress_fast_extState(lz4_.get(), raw.data(), to, static_cast<int>(raw.size()), static_cast<int>(room), 1);
    return written > 0 ? static_cast<std::size_t>(written) : 0;
  }
  auto* context = static_cast<ZSTD_CCtx*>(zstd_.get());
  const std::size_t written = ZSTD_compressCCtx(context, to, room, raw.data(), raw.size(), kZstdLevel);
  return ZSTD_isError(written) != 0 ? 0 : written;
}

bool Compressor::compress(std::string_view raw, std::string& out) {
  if (codec_ == Codec::kNone || raw.size() > kRawBytesMax) return false;
  rt::work(rt::Work::kCompressBytes, raw.size());
  const std::size_t start = out.size();
  const std::size_t end_at_most = start + raw.size() - (raw.size() + 7) / 8;
  put_varint(out, raw.size());
  const std::size_t body = out.size();
  std::size_t written = 0;
  if (body < end_at_most) {
    out.resize_and_overwrite(end_at_most, [&](char* bytes, std::size_t) {
      written = compress_into(raw, bytes + body, end_at_most - body);
      return body + written;
    });
  }
  if (written == 0) out.resize(start);
  return written > 0;
}

Decompressor::Context Decompressor::take() {
  {
    rt::Lock lock(mutex_);
    if (!idle_.empty()) {
      Context context = std::move(idle_.back());
      idle_.pop_back();
      return context;
    }
  }
  Context context(ZSTD_createDCtx_advanced(kOurMemory));
  invariant(context != nullptr, "a context can be made");
  return context;
}

void Decompressor::give_back(Context context) {
  rt::Lock lock(mutex_);
  idle_.push_back(std::move(context));
}

Result<std::string> Decompressor::decompress(Codec codec, std::string_view stored) {
  std::uint64_t size = 0;
  if (!get_varint64(stored, size)) return damaged("a compressed block without its size");
  const std::uint64_t ratio_max = codec == Codec::kLz4 ? kLz4RatioMax : kZstdRatioMax;
  if (size > kRawBytesMax || size / ratio_max > stored.size() || stored.size() > kRawBytesMax) {
    return damaged(fmt::format("a block of {} bytes compressed to {}", size, stored.size()));
  }
  rt::work(rt::Work::kDecompressBytes, size);
  Context context = codec == Codec::kZstd ? take() : Context();
  std::string raw;
  bool whole = false;
  raw.resize_and_overwrite(size, [&](char* to, std::size_t) {
    if (codec == Codec::kLz4) {
      const int made = LZ4_decompress_safe(stored.data(), to, static_cast<int>(stored.size()), static_cast<int>(size));
      whole = made >= 0 && static_cast<std::uint64_t>(made) == size;
    } else {
      whole =
          ZSTD_decompressDCtx(static_cast<ZSTD_DCtx*>(context.get()), to, size, stored.data(), stored.size()) == size;
    }
    return whole ? size : 0;
  });
  if (context != nullptr) give_back(std::move(context));
  if (!whole) return damaged(fmt::format("a compressed block of {} bytes does not give {}", stored.size(), size));
  return raw;
}

}  // namespace mylonite
