#include <mylonite/status.h>

#include <fmt/format.h>

namespace mylonite {

std::string_view code_name(Code code) {
  switch (code) {
    case Code::kInvalidArgument: return "invalid argument";
    case Code::kNotFound: return "not found";
    case Code::kAlreadyExists: return "already exists";
    case Code::kIo: return "I/O error";
    case Code::kNoSpace: return "no space";
    case Code::kCorruption: return "corruption";
    case Code::kUnsupported: return "unsupported format";
    case Code::kNotAStore: return "not a store";
    case Code::kLocked: return "locked";
    case Code::kReadOnly: return "read-only";
    case Code::kClosed: return "closed";
    case Code::kOutOfRange: return "out of range";
    case Code::kExhausted: return "exhausted";
  }
  return "unknown";
}

Error::Error(Code code, std::string message)
    : Error(Detail{.code = code, .message = std::move(message), .file = {}, .offset = {}, .can_retry = false}) {}

Error::Error(Detail detail) : detail_(std::make_shared<const Detail>(std::move(detail))) {}

Error Error::in(std::string file, std::optional<std::uint64_t> offset) const {
  Detail detail = *detail_;
  detail.file = std::move(file);
  detail.offset = offset;
  return Error(std::move(detail));
}

Error Error::retryable() const {
  Detail detail = *detail_;
  detail.can_retry = true;
  return Error(std::move(detail));
}

Error Error::prefixed(std::string_view context) const {
  Detail detail = *detail_;
  detail.message = fmt::format("{}: {}", context, detail.message);
  return Error(std::move(detail));
}

Error Error::detached() const { return Error(Detail(*detail_)); }

std::string Error::to_string() const {
  std::string where = detail_->file;
  if (detail_->offset) where += fmt::format(" at byte {}", *detail_->offset);
  if (!where.empty()) where += ": ";
  return fmt::format("{}: {}{}", code_name(detail_->code), where, detail_->message);
}

}  // namespace mylonite
