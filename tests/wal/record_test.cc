#include "core/wal/record.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "core/base/coding.h"
#include "core/base/hash.h"

namespace mylonite {
namespace {

WalHeader some_header() {
  return {.number = FileNumber{7},
          .salt = 0x1122334455667788,
          .previous = FileNumber{5},
          .previous_bytes = 4096,
          .manifest = FileNumber{3},
          .manifest_record = 12};
}

// Goal: a log header comes back as it was. Method: rapidcheck over all fields. Expectation: equal, exactly 64 bytes.
TEST(WalRecord, HeaderRoundTrip) {
  EXPECT_TRUE(rc::check([](std::uint64_t number, std::uint64_t salt, std::uint64_t previous, std::uint64_t bytes,
                           std::uint64_t manifest, std::uint64_t record) {
    const WalHeader header{.number = FileNumber{number},
                           .salt = salt,
                           .previous = FileNumber{previous},
                           .previous_bytes = bytes,
                           .manifest = FileNumber{manifest},
                           .manifest_record = record};
    const std::string encoded = encode_wal_header(header);
    RC_ASSERT(encoded.size() == kWalHeaderBytes);
    RC_ASSERT(decode_wal_header(encoded + "more", "f").value() == header);
  }));
}

// Goal: every bit of the header is covered. Method: each bit flipped; each shorter length. Expectation: kCorruption
// that names the file.
TEST(WalRecord, HeaderDamageIsFound) {
  const std::string good = encode_wal_header(some_header());
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    const auto decoded = decode_wal_header(bad, "wal-7.log");
    ASSERT_FALSE(decoded.ok()) << "bit " << bit;
    EXPECT_EQ(decoded.error().code(), Code::kCorruption);
    EXPECT_EQ(decoded.error().file(), "wal-7.log");
  }
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_EQ(decode_wal_header(good.substr(0, length), "f").error().code(), Code::kCorruption);
  }
}

// Goal: a newer format is told from damage. Method: version 2 with a good checksum. Expectation: kUnsupported.
TEST(WalRecord, NewerFormatIsUnsupported) {
  std::string bytes = encode_wal_header(some_header());
  bytes[8] = 2;
  std::string crc;
  put_fixed32(crc, crc32c(bytes.substr(16), crc32c(bytes.substr(0, 12))));
  bytes.replace(12, 4, crc);
  EXPECT_EQ(decode_wal_header(bytes, "f").error().code(), Code::kUnsupported);
}

// Goal: a record comes back as it was, aligned. Method: rapidcheck over payloads, offsets, stamps.
// Expectation: header fields and payload equal; padded to 8; the payload's checksum holds.
TEST(WalRecord, RecordRoundTrip) {
  EXPECT_TRUE(rc::check([](std::string payload, std::uint32_t slots, std::uint64_t synced_to, std::uint64_t at) {
    const std::uint64_t offset = kWalHeaderBytes + std::uint64_t{slots} * kRecordAlignment;
    std::string bytes = "before";
    encode_record(bytes, some_header(), offset,
                  {.type = RecordType::kBatch, .synced_to = synced_to, .at = Timestamp{at}, .payload = payload});
    const std::string_view record = std::string_view(bytes).substr(6);
    RC_ASSERT(record.size() == encoded_record_bytes(payload.size()));
    RC_ASSERT(record.size() % kRecordAlignment == 0);
    const auto header = decode_record_header(record, some_header(), offset);
    RC_ASSERT(header.has_value());
    RC_ASSERT(header->synced_to == synced_to);
    RC_ASSERT(header->at == Timestamp{at});
    RC_ASSERT(header->payload_bytes == payload.size());
    RC_ASSERT(payload_matches(*header, record.substr(kRecordHeaderBytes), some_header(), offset));
    RC_ASSERT(record.substr(kRecordHeaderBytes, payload.size()) == payload);
  }));
}

// Goal: a record is bound to its log and its place. Method: the same bytes read at another offset, under another
// number, under another salt. Expectation: no record.
TEST(WalRecord, StaleForeignAndMovedRecordsAreNone) {
  std::string bytes;
  encode_record(bytes, some_header(), 64,
                {.type = RecordType::kBatch, .synced_to = 0, .at = {9}, .payload = "payload"});
  ASSERT_TRUE(decode_record_header(bytes, some_header(), 64));
  EXPECT_FALSE(decode_record_header(bytes, some_header(), 72));
  WalHeader other = some_header();
  other.number = FileNumber{8};
  EXPECT_FALSE(decode_record_header(bytes, other, 64));
  other = some_header();
  other.salt ^= 1;
  EXPECT_FALSE(decode_record_header(bytes, other, 64));
  EXPECT_FALSE(decode_record_header(std::string(64, '\0'), some_header(), 64)) << "zeros are no record";
}

}  // namespace
}  // namespace mylonite
