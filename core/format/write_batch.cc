#include "core/format/write_batch.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "core/base/coding.h"

namespace mylonite {

void WriteBatch::put(std::string_view key, std::string_view value) {
  encoded_ += static_cast<char>(Kind::kPut);
  put_length_prefixed(encoded_, key);
  put_length_prefixed(encoded_, value);
  ++count_;
  longest_key_ = std::max(longest_key_, key.size());
  longest_value_ = std::max(longest_value_, value.size());
}

void WriteBatch::remove(std::string_view key) {
  encoded_ += static_cast<char>(Kind::kDelete);
  put_length_prefixed(encoded_, key);
  ++count_;
  longest_key_ = std::max(longest_key_, key.size());
}

Status WriteBatch::check_limits() const {
  auto over = [](const char* what, std::size_t found, std::size_t limit) {
    return Error(Code::kInvalidArgument, fmt::format("{} of {} bytes; the limit is {}", what, found, limit));
  };
  if (longest_key_ > kKeyBytesMax) return over("a key", longest_key_, kKeyBytesMax);
  if (longest_value_ > kValueBytesMax) return over("a value", longest_value_, kValueBytesMax);
  if (encoded_.size() > kBatchBytesMax) return over("a batch", encoded_.size(), kBatchBytesMax);
  return {};
}

WriteBatch WriteBatch::collapsed() const {
  if (count_ < 2) return *this;
  std::vector<BatchEntry> entries;
  entries.reserve(count_);
  BatchReader reader(encoded_);
  for (BatchEntry entry; reader.next(entry);) entries.push_back(entry);

  std::vector<std::size_t> order(entries.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto by_key = entries[a].key <=> entries[b].key;
    return by_key != 0 ? by_key < 0 : a < b;
  });
  std::vector<bool> superseded(entries.size(), false);
  bool any = false;
  for (std::size_t i = 0; i + 1 < order.size(); ++i) {
    if (entries[order[i]].key != entries[order[i + 1]].key) continue;
    superseded[order[i]] = true;
    any = true;
  }
  if (!any) return *this;

  WriteBatch result;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (superseded[i]) continue;
    if (entries[i].kind == Kind::kPut) {
      result.put(entries[i].key, entries[i].value);
    } else {
      result.remove(entries[i].key);
    }
  }
  return result;
}

bool BatchReader::next(BatchEntry& entry) {
  if (damaged_ || rest_.empty()) return false;
  const auto kind = static_cast<Kind>(static_cast<std::uint8_t>(rest_.front()));
  rest_.remove_prefix(1);
  entry = {.kind = kind, .key = {}, .value = {}};
  damaged_ = (kind != Kind::kPut && kind != Kind::kDelete) || !get_length_prefixed(rest_, entry.key) ||
             (kind == Kind::kPut && !get_length_prefixed(rest_, entry.value));
  return !damaged_;
}

}  // namespace mylonite
