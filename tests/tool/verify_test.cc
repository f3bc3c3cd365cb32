// `mylonite verify`.
#include <gtest/gtest.h>

#include <filesystem>

#include <fmt/format.h>

#include <mylonite/store.h>

#include "tests/tool/run_tool.h"

namespace mylonite::testing {
namespace {

// Two tables and a log, closed.
std::string make_store(const Scratch& scratch) {
  Options options;
  options.data_dir = scratch.path("store");
  const auto store = Store::open(options);
  EXPECT_TRUE(store.ok());
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 60; ++i) EXPECT_TRUE((*store)->put(fmt::format("k{}", i), fmt::format("v{}", round)).ok());
    EXPECT_TRUE((*store)->flush().ok());
  }
  EXPECT_TRUE((*store)->put("late", "1").ok());
  EXPECT_TRUE((*store)->close().ok());
  return options.data_dir;
}

std::vector<std::string> files_of(const std::string& store, std::string_view prefix) {
  std::vector<std::string> names;
  for (const auto& [name, bytes] : tree_of(store)) {
    if (name.starts_with(prefix)) names.push_back(name);
  }
  return names;
}

void turn(const std::string& file, std::size_t at) {
  std::string bytes = bytes_of(file);
  bytes.at(at) ^= 1;
  write_bytes(file, bytes);
}

// Goal: a sound store is found sound, whatever else lies in its directory. Method: a closed store; then one that was
// not closed, with foreign names and left-overs. Expectation: exit 0, notes for what the store does not need; nothing
// is written.
TEST(Verify, SoundStores) {
  const Scratch scratch;
  const std::string store = make_store(scratch);
  const Ran ran = run_tool({"verify", store});
  EXPECT_EQ(ran.exit, 0) << ran.out;
  EXPECT_TRUE(ran.out.starts_with("sound: 2 tables of ")) << ran.out;
  EXPECT_TRUE(ran.out.ends_with(" with 120 entries, 1 log with 1 record\n")) << ran.out;

  write_bytes(store + "/notes.txt", "mine");
  write_bytes(store + "/sst-777.sst", "junk");
  write_bytes(store + "/CURRENT.new", "");
  const std::string log = store + "/" + files_of(store, "wal-").at(0);
  const auto before = tree_of(store);
  const Ran noted = run_tool({"verify", store});
  EXPECT_EQ(noted.exit, 0) << noted.out;
  EXPECT_NE(noted.out.find("note: notes.txt: not a file of the store"), std::string::npos) << noted.out;
  EXPECT_NE(noted.out.find("note: sst-777.sst: left over"), std::string::npos) << noted.out;
  EXPECT_NE(noted.out.find("note: CURRENT.new: left over"), std::string::npos) << noted.out;
  EXPECT_TRUE(tree_of(store) == before);
  const Ran json = run_tool({"verify", store, "--json"});
  EXPECT_NE(json.out.find("{\"note\":\"left over; "), std::string::npos) << json.out;
  EXPECT_NE(json.out.find("{\"damages\":0,\"notes\":3,\"tables\":2,"), std::string::npos) << json.out;
}

// Goal: several damages are all told. Method: a byte turned in each table and the log, a table too short. Expectation:
// exit 1, a line each with file and offset, a count.
TEST(Verify, TellsEveryDamage) {
  const Scratch scratch;
  const std::string store = make_store(scratch);
  const std::vector<std::string> tables = files_of(store, "sst-");
  const std::string log = files_of(store, "wal-").at(0);
  turn(store + "/" + tables.at(0), 10);
  const std::string second = bytes_of(store + "/" + tables.at(1));
  write_bytes(store + "/" + tables.at(1), second.substr(0, second.size() - 1));
  turn(store + "/" + log, 70);
  const Ran ran = run_tool({"verify", store});
  EXPECT_EQ(ran.exit, 1) << ran.out;
  EXPECT_NE(ran.out.find(fmt::format("damage: corruption: {} at byte 0: checksum", tables.at(0))), std::string::npos)
      << ran.out;
  EXPECT_NE(ran.out.find(fmt::format("damage: corruption: {}: file size: expected {}, found {}\n", tables.at(1),
                                     second.size(), second.size() - 1)),
            std::string::npos)
      << ran.out;
  EXPECT_NE(ran.out.find(fmt::format("damage: corruption: {} at byte 64: ", log)), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("\n3 damages found in "), std::string::npos) << ran.out;
  const Ran json = run_tool({"verify", store, "--json"});
  EXPECT_EQ(json.exit, 1);
  EXPECT_NE(json.out.find(fmt::format("\"code\":\"corruption\",\"file\":\"{}\",\"offset\":0}}\n", tables.at(0))),
            std::string::npos)
      << json.out;
}

// Goal: without the manifest the rest is checked by itself. Method: CURRENT removed, then a table damaged, too; a table
// missing. Expectation: exit 1; every damage is told.
TEST(Verify, WithoutManifest) {
  const Scratch scratch;
  const std::string store = make_store(scratch);
  const std::vector<std::string> tables = files_of(store, "sst-");
  std::filesystem::rename(store + "/CURRENT", scratch.path("CURRENT"));
  const Ran ran = run_tool({"verify", store});
  EXPECT_EQ(ran.exit, 1);
  EXPECT_NE(ran.out.find("CURRENT"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("\n1 damage found in 2 tables of "), std::string::npos) << ran.out;
  turn(store + "/" + tables.at(1), 10);
  const Ran both = run_tool({"verify", store});
  EXPECT_NE(both.out.find(fmt::format("damage: corruption: {} at byte 0: ", tables.at(1))), std::string::npos)
      << both.out;
  turn(store + "/" + tables.at(1), 10);
  std::filesystem::rename(scratch.path("CURRENT"), store + "/CURRENT");
  std::filesystem::remove(store + "/" + tables.at(0));
  const Ran missing = run_tool({"verify", store});
  EXPECT_EQ(missing.exit, 1);
  EXPECT_NE(missing.out.find("damage: corruption: " + tables.at(0) + ": "), std::string::npos) << missing.out;
}

// Goal: no byte of a closed store can change unseen, and only the last record of the manifest, which nothing attests,
// for a torn end. Method: every 29th byte of each file turned, one at a time. Expectation: exit 1 and the
// file's name; in a last record exit 0 may be, with a note.
TEST(Verify, NoByteChangesUnseen) {
  const Scratch scratch;
  const std::string store = make_store(scratch);
  for (const auto& [name, good] : tree_of(store)) {
    if (name == "LOCK") continue;
    std::size_t attested = good.size();
    if (name.starts_with("manifest-")) attested = good.rfind("{\"crc\"");
    for (std::size_t at = 0; at < good.size(); at += 29) {
      turn(store + "/" + name, at);
      const Ran ran = run_tool({"verify", store});
      const bool seen = ran.exit == 1 && ran.out.find("damage: corruption: " + name) != std::string::npos;
      const bool torn = ran.exit == 0 && at >= attested && ran.out.find("torn") != std::string::npos;
      EXPECT_TRUE(seen || torn) << name << " byte " << at << ": " << ran.out << ran.err;
      turn(store + "/" + name, at);
    }
  }
}

}  // namespace
}  // namespace mylonite::testing
