#include <mylonite/write_batch.h>

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "core/base/coding.h"
#include "core/format/batch_reader.h"

namespace mylonite {
namespace {

// Of a range delete to the end of all keys, before it is logged: no other range ends there.
constexpr std::string_view kOpenEnd;

std::optional<std::string_view> high_of(const BatchEntry& range) {
  return range.value == kOpenEnd ? std::nullopt : std::optional(range.value);
}

bool ends_behind(const BatchEntry& range, BatchForm form) {
  return range.key < range.value || (form == BatchForm::kGiven && range.value == kOpenEnd);
}

}  // namespace

std::string key_behind(std::string_view key) {
  std::string behind(key);
  behind += '\0';
  return behind;
}

void WriteBatch::put(std::string_view key, std::string_view value) {
  constexpr std::size_t kSizesBytes = 1 + 2 * 5;  // the kind, and two lengths below 2^32
  if (encoded_.empty()) encoded_.reserve(kSizesBytes + key.size() + value.size());
  encoded_ += static_cast<char>(Kind::kPut);
  put_length_prefixed(encoded_, key);
  put_length_prefixed(encoded_, value);
  ++count_;
  payload_bytes_ += key.size();
  longest_key_ = std::max(longest_key_, key.size());
  payload_bytes_ += value.size();
  longest_value_ = std::max(longest_value_, value.size());
}

void WriteBatch::remove(std::string_view key) {
  encoded_ += static_cast<char>(Kind::kDelete);
  put_length_prefixed(encoded_, key);
  ++count_;
  payload_bytes_ += key.size();
  longest_key_ = std::max(longest_key_, key.size());
}

void WriteBatch::remove_range(std::string_view low, std::optional<std::string_view> high) {
  if (low == high) return;
  ++count_;
  backward_range_ |= high && *high < low;
  if (backward_range_) return;
  const std::string_view to = high.value_or(kOpenEnd);
  encoded_ += static_cast<char>(Kind::kRangeDelete);
  put_length_prefixed(encoded_, low);
  put_length_prefixed(encoded_, to);
  payload_bytes_ += low.size() + to.size();
  longest_key_ = std::max({longest_key_, low.size(), to.size()});
  has_range_ = true;
  open_range_ |= !high;
}

std::vector<BatchOperation> WriteBatch::operations() const {
  std::vector<BatchOperation> all;
  all.reserve(count_);
  BatchReader reader(encoded_, BatchForm::kGiven);
  for (BatchEntry entry; reader.next(entry);) {
    switch (entry.kind) {
      case Kind::kPut:
        all.push_back({.kind = BatchOperation::Kind::kPut, .key = entry.key, .value = entry.value});
        break;
      case Kind::kDelete: all.push_back({.kind = BatchOperation::Kind::kRemove, .key = entry.key}); break;
      case Kind::kRangeDelete:
        all.push_back({.kind = BatchOperation::Kind::kRemoveRange, .key = entry.key, .high = high_of(entry)});
        break;
    }
  }
  return all;
}

Status WriteBatch::check_limits() const {
  auto over = [](const char* what, std::size_t found, std::size_t limit) {
    return Error(Code::kInvalidArgument, fmt::format("{} of {} bytes; the limit is {}", what, found, limit));
  };
  if (longest_key_ > kKeyBytesMax) return over("a key", longest_key_, kKeyBytesMax);
  if (longest_value_ > kValueBytesMax) return over("a value", longest_value_, kValueBytesMax);
  if (backward_range_) return Error(Code::kInvalidArgument, "a range delete ends before it begins");
  if (encoded_.size() > kBatchBytesMax) return over("a batch", encoded_.size(), kBatchBytesMax);
  return {};
}

namespace {

// Marks every put and remove that a later one of the same key replaces.
void mark_replaced(const std::vector<BatchEntry>& entries, std::vector<bool>& superseded) {
  std::vector<std::size_t> order;
  order.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].kind != Kind::kRangeDelete) order.push_back(i);
  }
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto by_key = entries[a].key <=> entries[b].key;
    return by_key != 0 ? by_key < 0 : a < b;
  });
  for (std::size_t i = 0; i + 1 < order.size(); ++i) {
    if (entries[order[i]].key == entries[order[i + 1]].key) superseded[order[i]] = true;
  }
}

// Marks every put and remove that a later range delete covers.
void mark_covered(const std::vector<BatchEntry>& entries, std::vector<bool>& superseded) {
  for (std::size_t range = 0; range < entries.size(); ++range) {
    if (entries[range].kind != Kind::kRangeDelete) continue;
    for (std::size_t i = 0; i < range; ++i) {
      const BatchEntry& entry = entries[i];
      if (entry.kind == Kind::kRangeDelete) continue;
      const std::optional<std::string_view> high = high_of(entries[range]);
      if (entry.key >= entries[range].key && (!high || entry.key < *high)) superseded[i] = true;
    }
  }
}

}  // namespace

WriteBatch WriteBatch::collapsed() const {
  if (count_ < 2) return *this;
  std::vector<BatchEntry> entries;
  entries.reserve(count_);
  BatchReader reader(encoded_, BatchForm::kGiven);
  for (BatchEntry entry; reader.next(entry);) entries.push_back(entry);
  std::vector<bool> superseded(entries.size(), false);
  mark_replaced(entries, superseded);
  if (has_range_) mark_covered(entries, superseded);
  if (std::ranges::find(superseded, true) == superseded.end()) return *this;

  WriteBatch result;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (superseded[i]) continue;
    switch (entries[i].kind) {
      case Kind::kPut: result.put(entries[i].key, entries[i].value); break;
      case Kind::kDelete: result.remove(entries[i].key); break;
      case Kind::kRangeDelete: result.remove_range(entries[i].key, high_of(entries[i])); break;
    }
  }
  return result;
}

WriteBatch WriteBatch::bounded(std::string_view above) const {
  WriteBatch result;
  for (const BatchOperation& each : operations()) {
    switch (each.kind) {
      case BatchOperation::Kind::kPut: result.put(each.key, each.value); break;
      case BatchOperation::Kind::kRemove: result.remove(each.key); break;
      case BatchOperation::Kind::kRemoveRange: {
        // Where no key is there to remove, the range of the one key stands for it.
        const std::string one = each.high || each.key < above ? std::string() : key_behind(each.key);
        result.remove_range(each.key, each.high ? *each.high : one.empty() ? above : one);
        break;
      }
    }
  }
  return result;
}

bool BatchReader::next(BatchEntry& entry) {
  if (damaged_ || rest_.empty()) return false;
  const auto kind = static_cast<Kind>(static_cast<std::uint8_t>(rest_.front()));
  rest_.remove_prefix(1);
  entry = {.kind = kind, .key = {}, .value = {}};
  const bool known = kind == Kind::kPut || kind == Kind::kDelete || kind == Kind::kRangeDelete;
  damaged_ = !known || !get_length_prefixed(rest_, entry.key) ||
             (kind != Kind::kDelete && !get_length_prefixed(rest_, entry.value)) ||
             (kind == Kind::kRangeDelete && !ends_behind(entry, form_));
  return !damaged_;
}

}  // namespace mylonite
