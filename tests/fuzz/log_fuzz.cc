// A log file as bytes, and a batch as the payload of a sound record.
#include <mylonite/faultfs/sim_file_system.h>
#include <mylonite/write_batch.h>

#include "core/format/batch_reader.h"
#include "core/vfs/util.h"
#include "core/wal/reader.h"
#include "tests/fuzz/input.h"

namespace mylonite {
namespace {

const WalHeader kHeader{.number = FileNumber{7},
                        .salt = 11,
                        .previous = FileNumber{6},
                        .previous_bytes = 640,
                        .manifest = FileNumber{1},
                        .manifest_record = 3};

void read_log(std::string_view bytes, std::uint64_t durable) {
  faultfs::Disk disk;
  faultfs::SimFileSystem fs(disk);
  fuzz::claim(vfs::write_new_file(fs, "wal-7.log", std::string(bytes)).ok());
  const auto log = WalReader::open(fs, "wal-7.log", FileNumber{7});
  if (!log.ok() || !*log) return;
  const auto end = (*log)->read({.durable = durable}, [](const WalRecord& record) -> Status {
    BatchReader batch(record.payload);
    for (BatchEntry entry; batch.next(entry);) continue;
    return {};
  });
  if (!end.ok()) return;
  fuzz::claim(end->valid_bytes + end->dropped_bytes == bytes.size());
  fuzz::claim(end->valid_bytes >= durable);
}

std::string log_of(std::string_view payload) {
  std::string log = encode_wal_header(kHeader);
  encode_record(log, kHeader, log.size(), {.synced_to = 64, .at = Timestamp{5}, .payload = payload});
  return log;
}

}  // namespace

namespace fuzz {

std::vector<std::string> seeds() {
  WriteBatch batch;
  batch.put("key", "value");
  batch.remove("other");
  batch.remove_range("a", "b");
  const std::string log = log_of(batch.encoded());
  return {std::string(1, '\0') + log, '\1' + std::string(batch.encoded()), std::string("\2\0\100", 3) + log};
}

}  // namespace fuzz

void read_one(std::string_view input) {
  switch (fuzz::take_choice(input) % 3) {
    case 0: read_log(input, 0); break;
    case 1: read_log(log_of(input), 64); break;
    default: {  // a sound header and first record, and the rest from the input
      std::string log = log_of("\2\1k\1v");
      read_log(log + std::string(input), log.size());
    }
  }
}

}  // namespace mylonite

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mylonite::read_one(mylonite::fuzz::view_of(data, size));
  return 0;
}
