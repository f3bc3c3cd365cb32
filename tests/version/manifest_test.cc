#include "core/version/manifest.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include <mylonite/faultfs/sim_file_system.h>

#include "core/base/hash.h"
#include "core/format/internal_key.h"
#include "core/version/edit_json.h"
#include "core/vfs/util.h"

namespace mylonite {
namespace {

VersionEdit edit_with_table(std::uint64_t number, std::string_view key) {
  const std::string smallest = internal_key(key, Timestamp{number}, Kind::kPut);
  return {.next_file = FileNumber{number + 1},
          .added = {{.level = 0,
                     .run = RunId{number},
                     .table = {.number = FileNumber{number},
                               .file_bytes = UINT64_MAX - number,
                               .footer_hash = mix64(number),
                               .smallest = smallest,
                               .largest = smallest,
                               .entries = 1,
                               .tombstones = 0,
                               .oldest = Timestamp{number},
                               .newest = Timestamp{number}}}}};
}

struct Directory {
  faultfs::Disk disk;
  faultfs::SimFileSystem fs{disk};
  Directory() { EXPECT_TRUE(fs.make_directory("d").ok()); }
  std::string bytes(const std::string& name) { return vfs::read_whole_file(fs, "d/" + name).value(); }
  void replace(const std::string& name, std::string_view content) {
    ASSERT_TRUE(fs.remove("d/" + name).ok());
    ASSERT_TRUE(vfs::write_new_file(fs, "d/" + name, content).ok());
  }
};

// A manifest of a snapshot and three edits; the version after each record.
std::vector<Version> write_manifest(Directory& directory) {
  std::vector<Version> versions(1);
  versions[0].next_file = FileNumber{2};
  versions[0].ceiling = Timestamp{5};
  auto manifest = Manifest::create(directory.fs, "d", FileNumber{1}, versions[0]);
  EXPECT_TRUE(manifest.ok());
  for (std::uint64_t i = 10; i < 13; ++i) {
    const VersionEdit edit = edit_with_table(i, std::string("k\0\xff", 3));
    EXPECT_TRUE((*manifest)->append(edit).ok());
    versions.push_back(apply(versions.back(), edit).value());
  }
  EXPECT_EQ((*manifest)->last_record(), 3U);
  EXPECT_EQ((*manifest)->bytes(), directory.bytes("manifest-1.jsonl").size());
  return versions;
}

// Goal: an edit comes back as it was, whatever bytes its keys hold and however large its numbers. Method: rapidcheck.
// Expectation: equal, one line, no byte outside ASCII.
TEST(Manifest, EditRoundTrip) {
  EXPECT_TRUE(rc::check([](const std::string& low, const std::string& high, const std::vector<std::uint64_t>& numbers,
                           std::uint64_t big) {
    VersionEdit edit;
    if (big % 2 == 0) edit.next_file = FileNumber{big};
    if (big % 3 == 0) edit.first_log = FileNumber{big / 3};
    if (big % 5 != 0) edit.ceiling = Timestamp{big};
    if (big % 7 != 0) edit.expired_through = Timestamp{big / 7};
    for (const std::uint64_t number : numbers) {
      edit.removed.push_back(FileNumber{number});
      edit.added.push_back({.level = static_cast<std::uint32_t>(number % 32),
                            .run = RunId{number},
                            .table = {.number = FileNumber{number},
                                      .file_bytes = big,
                                      .footer_hash = mix64(big),
                                      .smallest = low,
                                      .largest = high,
                                      .entries = big ^ number,
                                      .tombstones = number,
                                      .oldest = Timestamp{number},
                                      .newest = Timestamp{big}}});
    }
    const std::string text = encode_edit(edit);
    RC_ASSERT(decode_edit(text).value() == edit);
    for (const char byte : text) RC_ASSERT(byte >= ' ' && byte <= '~');
  }));
}

// Goal: text that is no edit is refused, not guessed at. Method: a list of malformed edits. Expectation: kCorruption.
TEST(Manifest, MalformedEditsAreRefused) {
  for (const std::string text :
       {"", "[]", "{", "7", R"({"next_file":7})", R"({"next_file":""})", R"({"next_file":"-1"})",
        R"({"next_file":"1x"})", R"({"ceiling":"18446744073709551616"})", R"({"add":[{}]})", R"({"add":[7]})",
        R"({"remove":["x"]})", R"({"remove":[7]})"}) {
    const auto edit = decode_edit(text);
    ASSERT_FALSE(edit.ok()) << text;
    EXPECT_EQ(edit.error().code(), Code::kCorruption);
  }
}

// Goal: a manifest loads as it was written. Method: snapshot and edits; then a second manifest takes over.
// Expectation: the version after the last record; CURRENT names the new one.
TEST(Manifest, LoadsWhatWasWritten) {
  Directory directory;
  const std::vector<Version> versions = write_manifest(directory);
  const auto loaded = load_manifest(directory.fs, "d");
  ASSERT_TRUE(loaded.ok()) << loaded.error().to_string();
  EXPECT_EQ(loaded->number, FileNumber{1});
  EXPECT_EQ(loaded->version, versions.back());
  EXPECT_EQ(loaded->last_record, 3U);
  EXPECT_EQ(loaded->dropped_bytes, 0U);
  ASSERT_TRUE(Manifest::create(directory.fs, "d", FileNumber{20}, versions[1]).ok());
  EXPECT_EQ(load_manifest(directory.fs, "d")->number, FileNumber{20});
  EXPECT_EQ(load_manifest(directory.fs, "d")->version, versions[1]);
}

// Goal: no flip of any byte of manifest or CURRENT gives a wrong version. Method: every byte, three patterns.
// Expectation: kCorruption; or the same version (a checksum's letter in upper case); or, for the last record, which
// nothing in the file attests, the version before it with the bytes reported as dropped.
TEST(Manifest, EveryByteFlip) {
  Directory directory;
  const std::vector<Version> versions = write_manifest(directory);
  const std::string good = directory.bytes("manifest-1.jsonl");
  const std::size_t last = good.rfind("{\"crc\"");
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const int pattern : {0x01, 0x20, 0x80}) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ pattern);
      directory.replace("manifest-1.jsonl", bad);
      const auto loaded = load_manifest(directory.fs, "d");
      if (!loaded.ok()) {
        ASSERT_EQ(loaded.error().code(), Code::kCorruption);
        ASSERT_LT(at, last);
        continue;
      }
      if (loaded->dropped_bytes == 0) {
        ASSERT_EQ(loaded->version, versions.back()) << "byte " << at;
        ASSERT_EQ(pattern, 0x20);
      } else {
        ASSERT_GE(at, last);
        ASSERT_EQ(loaded->version, versions[2]) << "byte " << at;
        ASSERT_EQ(loaded->dropped_bytes, good.size() - last);
      }
    }
  }
  directory.replace("manifest-1.jsonl", good);
  const std::string current = directory.bytes("CURRENT");
  for (std::size_t at = 0; at < current.size(); ++at) {
    for (const int pattern : {0x01, 0x20, 0x80}) {
      std::string bad = current;
      bad[at] = static_cast<char>(bad[at] ^ pattern);
      directory.replace("CURRENT", bad);
      const auto loaded = load_manifest(directory.fs, "d");
      ASSERT_FALSE(loaded.ok()) << "byte " << at;
      ASSERT_EQ(loaded.error().code(), Code::kCorruption);
    }
  }
}

// Goal: a manifest or CURRENT that ends early. Method: cut at every length. Expectation: manifest: kCorruption within
// record 0, else the whole records before the cut; CURRENT: kCorruption.
TEST(Manifest, TruncationAtEveryLength) {
  Directory directory;
  const std::vector<Version> versions = write_manifest(directory);
  const std::string good = directory.bytes("manifest-1.jsonl");
  for (std::size_t length = 0; length < good.size(); ++length) {
    directory.replace("manifest-1.jsonl", good.substr(0, length));
    const auto whole =
        static_cast<std::size_t>(std::count(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(length), '\n'));
    const auto loaded = load_manifest(directory.fs, "d");
    ASSERT_EQ(loaded.ok(), whole > 0) << length;
    if (loaded.ok()) {
      ASSERT_EQ(loaded->version, versions[whole - 1]) << length;
    }
  }
  directory.replace("manifest-1.jsonl", good);
  const std::string current = directory.bytes("CURRENT");
  for (std::size_t length = 0; length < current.size(); ++length) {
    directory.replace("CURRENT", current.substr(0, length));
    ASSERT_EQ(load_manifest(directory.fs, "d").error().code(), Code::kCorruption);
  }
}

// Goal: a record is bound to its manifest and its place. Method: records of another manifest's number, a record left
// out, two swapped; earlier records behind the end. Expectation: kCorruption; a torn end.
TEST(Manifest, ForeignAndMissingRecords) {
  Directory directory;
  write_manifest(directory);
  const std::string good = directory.bytes("manifest-1.jsonl");
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < good.size();) {
    const std::size_t end = good.find('\n', at) + 1;
    lines.push_back(good.substr(at, end - at));
    at = end;
  }
  ASSERT_EQ(lines.size(), 4U);
  for (const std::string& bad :
       {lines[0] + lines[2] + lines[3], lines[0] + lines[2] + lines[1] + lines[3], lines[1] + lines[2]}) {
    directory.replace("manifest-1.jsonl", bad);
    EXPECT_EQ(load_manifest(directory.fs, "d").error().code(), Code::kCorruption);
  }
  // Earlier records of the same file attest nothing: a lost sector of the last record may show them.
  for (const std::string& torn : {lines[0] + lines[0], good + lines[3], good + "xx" + lines[1] + "yy"}) {
    directory.replace("manifest-1.jsonl", torn);
    const auto loaded = load_manifest(directory.fs, "d");
    ASSERT_TRUE(loaded.ok()) << loaded.error().to_string();
    EXPECT_GT(loaded->dropped_bytes, 0U);
  }
  ASSERT_TRUE(vfs::write_new_file(directory.fs, "d/manifest-2.jsonl", good).ok());
  directory.replace("CURRENT", fmt::format("manifest-2.jsonl {:08x}\n", crc32c("manifest-2.jsonl")));
  EXPECT_EQ(load_manifest(directory.fs, "d").error().code(), Code::kCorruption);
  directory.replace("CURRENT", fmt::format("manifest-3.jsonl {:08x}\n", crc32c("manifest-3.jsonl")));
  EXPECT_EQ(load_manifest(directory.fs, "d").error().code(), Code::kCorruption) << "a manifest that is not there";
}

// Goal: a newer format is told from damage. Method: record 0 of format 3 with a good checksum. Expectation:
// kUnsupported.
TEST(Manifest, NewerFormatIsUnsupported) {
  Directory directory;
  write_manifest(directory);
  const std::string body = R"({"n":0,"format":3,"manifest":"1","edit":{"shape":"unknown"}})";
  const std::uint32_t crc = crc32c(body, static_cast<std::uint32_t>(mix64(1)));
  directory.replace("manifest-1.jsonl", fmt::format("{{\"crc\":\"{:08x}\",\"body\":{}}}\n", crc, body));
  const auto loaded = load_manifest(directory.fs, "d");
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code(), Code::kUnsupported) << loaded.error().to_string();
}

}  // namespace
}  // namespace mylonite
