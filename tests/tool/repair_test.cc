// `mylonite repair`.
#include <gtest/gtest.h>

#include <filesystem>

#include <fmt/format.h>

#include "tests/tool/run_tool.h"

namespace mylonite::testing {
namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string file_of(const std::string& store, std::string_view prefix) {
  for (const auto& [name, bytes] : tree_of(store)) {
    if (name.starts_with(prefix)) return name;
  }
  return "";
}

void turn(const std::string& file, std::size_t at) {
  std::string bytes = bytes_of(file);
  bytes.at(at) ^= 1;
  write_bytes(file, bytes);
}

// Goal: a user is led from damage to a store that opens. Method: a block of a table and CURRENT damaged; get, a dry
// run, a repair, all by the program, and once more in JSON. Expectation: the error names the command; the dry run
// changes nothing and exits 1; the repair names the file, where it is kept and the keys; the store opens and is sound.
TEST(RepairCommand, FromDamageToAStore) {
  const Scratch scratch;
  const std::string store = scratch.path("store");
  std::string lines;
  for (int i = 0; i < 300; ++i) lines += fmt::format("key{}\t{}\n", 1000 + i, std::string(30, 'v'));
  std::vector<std::string> load = {"load", store};
  for (const std::string set : {"memtable_max_bytes=8192", "compaction_policy=none", "block_bytes=512"}) {
    load.insert(load.end(), {"--set", set});
  }
  ASSERT_EQ(run_tool(load, lines).exit, 0);
  EXPECT_TRUE(run_tool({"repair", store}).out.starts_with("sound: "));
  EXPECT_EQ(run_tool({"repair", store}).exit, 0);

  const std::string table = file_of(store, "sst-");
  turn(store + "/" + table, 20);
  turn(store + "/CURRENT", 3);
  const Ran refused = run_tool({"get", store, "key1000"});
  EXPECT_EQ(refused.exit, 5);
  EXPECT_TRUE(has(refused.err, "mylonite repair --dry-run")) << refused.err;
  const auto before = tree_of(store);
  const Ran dry = run_tool({"repair", store, "--dry-run"});
  EXPECT_EQ(dry.exit, 1) << dry.err;
  EXPECT_TRUE(has(dry.out, "dry run, nothing was changed")) << dry.out;
  EXPECT_TRUE(tree_of(store) == before);
  const Ran json = run_tool({"repair", store, "--dry-run", "--json"});
  EXPECT_TRUE(has(json.out, fmt::format("{{\"file\":\"{}\",\"fate\":\"salvaged\"", table))) << json.out;
  EXPECT_TRUE(has(json.out, "{\"lost\":\"entries\",\"file\":\"" + table + "\",\"low\":\"key1")) << json.out;
  EXPECT_TRUE(has(json.out, "{\"sound\":false,\"dry_run\":true,")) << json.out;

  const Ran ran = run_tool({"repair", store});
  EXPECT_EQ(ran.exit, 1) << "something was lost";
  EXPECT_TRUE(has(ran.out, fmt::format("salvaged: {}: ", table))) << ran.out;
  EXPECT_TRUE(has(ran.out, "; kept as lost/" + table)) << ran.out;
  EXPECT_TRUE(has(ran.out, "set aside: CURRENT: ")) << ran.out;
  EXPECT_TRUE(has(ran.out, fmt::format("lost: {}: entries of keys from \"key1", table))) << ran.out;
  EXPECT_TRUE(has(ran.out, "\nrepaired: ")) << ran.out;
  EXPECT_EQ(run_tool({"get", store, "key1299"}).exit, 0);
  const Ran sound = run_tool({"verify", store});
  EXPECT_EQ(sound.exit, 0) << sound.out;
  EXPECT_TRUE(has(sound.out, "note: lost: damaged files that a repair set aside")) << sound.out;
  EXPECT_EQ(run_tool({"repair", scratch.path("none")}).exit, 5);
}

}  // namespace
}  // namespace mylonite::testing
