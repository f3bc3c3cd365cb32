#include "core/store/ingest_run.h"

#include <string>

#include <fmt/format.h>

#include <mylonite/write_batch.h>

#include "core/base/bytes.h"
#include "core/format/internal_key.h"

namespace mylonite {

Result<VersionEdit> ingest_run(const RunTarget& target, IngestSource& source, Timestamp at) noexcept {
  RunWriter writer(target, {});
  std::string last;
  std::string key_at;
  std::string_view key;
  std::string_view value;
  for (std::uint64_t pairs = 0;; ++pairs) {
    const auto more = source.next(key, value);
    if (!more.ok()) return more.error();
    if (!*more) break;
    if (pairs > 0 && key <= last) {
      return Error(Code::kInvalidArgument, fmt::format("pair {} of the stream: key '{}' does not come after '{}'",
                                                       pairs, printable(key), printable(last)));
    }
    if (key.size() > kKeyBytesMax || value.size() > kValueBytesMax) {
      return Error(Code::kInvalidArgument,
                   fmt::format("pair {} of the stream: a key of {} and a value of {} bytes; the limits are {} and {}",
                               pairs, key.size(), value.size(), kKeyBytesMax, kValueBytesMax));
    }
    key_at.clear();
    append_internal_key(key_at, key, pack_trailer(at, Kind::kPut));
    if (Status done = writer.add(key_at, value); !done.ok()) return done.error();
    last = key;
  }
  const auto tables = writer.finish();
  if (!tables.ok()) return tables.error();
  if (tables->empty()) return VersionEdit();
  return add_run(0, RunId{tables->front().number.value}, *tables);
}

}  // namespace mylonite
