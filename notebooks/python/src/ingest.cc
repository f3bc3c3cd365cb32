#include "notebooks/python/src/ingest.h"

#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <mylonite/ingest.h>

#include "notebooks/python/src/pairs.h"

namespace mylonite::python {
namespace {

namespace py = pybind11;

constexpr std::size_t kPortionPairs = 256;
constexpr std::size_t kPortionBytes = 1 << 20;

// Fetches pairs in portions, so that the interpreter's lock is taken once for many. It lives and dies under the lock;
// the engine calls next() without it.
class PairSource final : public IngestSource {
 public:
  PairSource(const OpenStore& store, const py::iterable& pairs) : store_(store), pairs_("ingest", pairs) {}

  Result<bool> next(std::string_view& key, std::string_view& value) override {
    if (at_pair_ == sizes_.size()) {
      if (!failed_ && !ended_) fetch(false);
      if (failed_) return Error(Code::kInvalidArgument, "the iterable raised an exception");
      if (at_pair_ == sizes_.size()) return false;
    }
    if (store_.closed()) return Error(Code::kClosed, "the store was closed during the ingest");
    const auto [key_bytes, value_bytes] = sizes_[at_pair_++];
    key = std::string_view(bytes_).substr(at_byte_, key_bytes);
    value = std::string_view(bytes_).substr(at_byte_ + key_bytes, value_bytes);
    at_byte_ += key_bytes + value_bytes;
    return true;
  }

  // All pairs before the first next(): under simulation no Python runs inside a call.
  void fetch_all() {
    while (!failed_ && !ended_) fetch(true);
  }

  void rethrow() const {
    if (failed_) std::rethrow_exception(failed_);
  }

 private:
  void fetch(bool all) {
    const WithGil held;
    bytes_.clear();
    sizes_.clear();
    at_pair_ = at_byte_ = 0;
    try {
      while (!ended_ && (all || (sizes_.size() < kPortionPairs && bytes_.size() < kPortionBytes))) fetch_one();
    } catch (...) {
      failed_ = std::current_exception();
    }
  }

  void fetch_one() {
    if (!pairs_.next()) {
      ended_ = true;
      return;
    }
    bytes_.append(pairs_.key()).append(pairs_.value());
    sizes_.emplace_back(pairs_.key().size(), pairs_.value().size());
  }

  const OpenStore& store_;
  PairReader pairs_;
  std::string bytes_;  // of the portion: key, value, key, value
  std::vector<std::pair<std::size_t, std::size_t>> sizes_;
  std::size_t at_pair_ = 0;
  std::size_t at_byte_ = 0;
  bool ended_ = false;
  std::exception_ptr failed_;
};

}  // namespace

Timestamp ingest(const OpenStore& store, const py::iterable& pairs) {
  PairSource source(store, pairs);
  try {
    const OpenStore::Ingesting ingesting(store);
    if (store.home().simulated()) source.fetch_all();
    return store.reading([&](Store& open) { return open.ingest(source); });
  } catch (const py::error_already_set&) {
    source.rethrow();
    throw;
  }
}

}  // namespace mylonite::python
