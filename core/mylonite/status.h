// Errors as values. Every fallible function of the engine returns Status or Result<T>; nothing throws across core.
//
// A missing key is an empty optional, never an Error. An Error holds what went wrong (code, message), where (file, byte
// offset) and whether a retry can help. Copying is cheap (one shared pointer); immutable once returned.
// Thread-safety: values; distinct objects may be used from distinct threads.
#pragma once

#if __cplusplus < 202100L
#error "Mylonite needs C++23: compile with -std=c++23 (g++ 12, clang 19 or later)"
#endif

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace mylonite {

enum class Code : std::uint8_t {
  kInvalidArgument,  // the caller's mistake: option, key size, path
  kNotFound,         // a file or directory does not exist; of an open: the parent of its directory
  kAlreadyExists,    // exclusive creation of an existing name
  kIo,               // the operating system refused or failed
  kNoSpace,          // disk or quota full
  kCorruption,       // bytes on disk are not what was written
  kUnsupported,      // written by a newer version
  kNotAStore,        // no store in the directory, which is absent, or holds other files
  kLocked,           // another opener holds the store
  kReadOnly,         // the store was opened for reading
  kClosed,           // used after close()
  kOutOfRange,       // a read of history that is no longer kept
  kExhausted,        // a limit of the format was reached (timestamps, file numbers)
};
std::string_view code_name(Code code);

class Error {
 public:
  Error(Code code, std::string message);

  // Builder style; each returns a copy with one more fact: Error(...).in("wal-3.log", 40).retryable().
  Error in(std::string file, std::optional<std::uint64_t> offset = std::nullopt) const;
  Error retryable() const;
  Error prefixed(std::string_view context) const;  // "context: message"
  Error detached() const;                          // a copy that shares no memory with this one

  Code code() const { return detail_->code; }
  const std::string& message() const { return detail_->message; }
  const std::string& file() const { return detail_->file; }
  std::optional<std::uint64_t> offset() const { return detail_->offset; }
  bool can_retry() const { return detail_->can_retry; }
  std::string to_string() const;  // "corruption: wal-3.log at byte 40: …"

 private:
  struct Detail {
    Code code;
    std::string message;
    std::string file;
    std::optional<std::uint64_t> offset;
    bool can_retry = false;
  };
  explicit Error(Detail detail);
  std::shared_ptr<const Detail> detail_;
};

// A std::expected that cannot be discarded silently, and that converts from an Error: `return Error(...)`.
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
  using Base = std::expected<T, Error>;

 public:
  using Base::Base;
  Result(Error error) : Base(std::unexpect, std::move(error)) {}
  bool ok() const { return this->has_value(); }
};
using Status = Result<void>;

// An explicit discard; `why` is for the reader.
template <class T>
void ignore(const Result<T>& result, [[maybe_unused]] const char* why) {
  static_cast<void>(result.ok());
}

}  // namespace mylonite
