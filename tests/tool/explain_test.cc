// `mylonite explain`.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <mylonite/store.h>

#include "core/version/manifest.h"
#include "core/vfs/posix.h"
#include "tests/tool/run_tool.h"

namespace mylonite::testing {
namespace {

// Goal: the way of a read, source by source. Method: a store of two runs and a log; keys that are found in each, hidden
// by each kind of delete, outside all ranges, and ruled out by a filter. Expectation: golden text; exit 0 for a value
// and 1 for an absent key, as of `get`; --as-of goes back.
TEST(Explain, Get) {
  const Scratch scratch;
  Options options;
  options.data_dir = scratch.path("store");
  options.history_retention_seconds = 3600;
  Timestamp old;
  Timestamp gone;
  Timestamp range;
  Timestamp late;
  {
    const auto store = Store::open(options);
    ASSERT_TRUE(store.ok());
    for (const std::string key : {"ant", "bee", "cat", "dog", "eel"}) old = *(*store)->put(key, "old " + key);
    ASSERT_TRUE((*store)->flush().ok());
    gone = *(*store)->remove("bee");
    range = *(*store)->remove_range("cat", "dog");
    ASSERT_TRUE((*store)->flush().ok());
    late = *(*store)->put("ant", "new");
    ASSERT_TRUE((*store)->close().ok());
  }
  auto explain = [&](std::vector<std::string> words, int exit) {
    words.insert(words.begin(), {"explain", "get", options.data_dir});
    const Ran ran = run_tool(words);
    EXPECT_EQ(ran.exit, exit) << ran.err;
    return ran.out.substr(ran.out.find('\n') + 1);
  };
  EXPECT_EQ(explain({"ant"}, 0), fmt::format("  memtable              put of stamp {}, 3 bytes\n"
                                             "  2 older sources: not read\n"
                                             "answer: \"new\"\n",
                                             late.ticks));
  const std::string in_bee = explain({"bee"}, 1);
  EXPECT_NE(in_bee.find(fmt::format(": delete of stamp {}\n  1 older source: not read\n"
                                    "answer: the key is not there\n",
                                    gone.ticks)),
            std::string::npos)
      << in_bee;
  const std::string in_cat = explain({"cat"}, 1);
  EXPECT_NE(in_cat.find(fmt::format(": range delete of stamp {} hides the key and everything older\n", range.ticks)),
            std::string::npos)
      << in_cat;
  EXPECT_NE(explain({"cow"}, 1).find("range delete of stamp"), std::string::npos);
  const std::string in_eel = explain({"eel"}, 0);
  EXPECT_NE(in_eel.find("  memtable              nothing of the key at or below the stamp\n"), std::string::npos)
      << in_eel;
  EXPECT_NE(in_eel.find("no table's range holds the key\n"), std::string::npos) << in_eel;
  EXPECT_NE(in_eel.find(fmt::format("put of stamp {}, 7 bytes\nanswer: \"old eel\"\n", old.ticks)), std::string::npos)
      << in_eel;
  const std::string in_ape = explain({"ape"}, 1);
  EXPECT_NE(in_ape.find("the filter excludes the key\n"), std::string::npos) << in_ape;
  const std::string then = explain({"cat", "--as-of", fmt::format("{}", old.ticks)}, 0);
  EXPECT_TRUE(then.ends_with("answer: \"old cat\"\n")) << then;
  const std::string json = explain({"bee", "--json"}, 1);
  EXPECT_TRUE(json.starts_with("{\"source\":\"memtable\",\"said\":\"nothing\"}\n")) << json;
  EXPECT_TRUE(json.ends_with("{\"value\":null,\"sources_not_asked\":1}\n")) << json;

  const Ran future = run_tool({"explain", "get", options.data_dir, "ant", "--as-of", "72057594037927935"});
  EXPECT_EQ(future.exit, 2) << future.err;
  EXPECT_NE(future.err.find("is in the future"), std::string::npos) << future.err;
}

// Goal: why merges were chosen. Method: a manifest written here that remembers a merge and a move; a store whose merges
// are real; one without any. Expectation: golden text; the list and a merge of it; an unknown id is exit 2.
TEST(Explain, Compaction) {
  const Scratch scratch;
  auto fs = std::move(vfs::open_posix(scratch.path("")).value());
  ASSERT_TRUE(fs->make_directory("store").ok());
  Version version;
  version.jobs.push_back({.id = 27,
                          .policy = "one_lvl",
                          .why = {.trigger = "level 0: 4 runs, 4 start a merge",
                                  .chosen = "level 0 run 26",
                                  .rejected = {{.what = "table 12", .score = 300}, {.what = "table 9", .score = -1}}},
                          .from_levels = {0, 1},
                          .to_level = 1,
                          .move = false,
                          .tables_in = 5,
                          .tables_out = 1,
                          .bytes_in = 70'000,
                          .bytes_out = 2'000,
                          .dropped = 41,
                          .at = Timestamp{17'956'201'245'469'153}});
  version.jobs.push_back(version.jobs.front());
  version.jobs.back().id = 31;
  version.jobs.back().move = true;
  version.jobs.back().why.rejected.clear();
  ASSERT_TRUE(Manifest::create(*fs, "store", FileNumber{1}, version).ok());
  const std::string store = scratch.path("store");
  EXPECT_EQ(
      run_tool({"explain", "compaction", store}).out,
      R"(      id  when                         policy        levels              in         out    dropped  trigger
      27  2026-11-25 15:22:04.546 UTC  one_lvl       0,1 to 1      68.3 KiB     1.9 KiB         41  )"
      R"(level 0: 4 runs, 4 start a merge
      31  2026-11-25 15:22:04.546 UTC  one_lvl       0,1 to 1      68.3 KiB       moved         41  )"
      R"(level 0: 4 runs, 4 start a merge
)");
  EXPECT_EQ(run_tool({"explain", "compaction", store, "27"}).out, R"(merge 27
  when       2026-11-25 15:22:04.546 UTC
  policy     one_lvl
  trigger    level 0: 4 runs, 4 start a merge
  chosen     level 0 run 26
  rejected   table 12 (score 300)
             table 9 (score -1)
  levels     0,1 to 1
  in         5 tables, 70000 bytes
  out        1 table, 2000 bytes
  dropped    41 entries
)");
  EXPECT_TRUE(run_tool({"explain", "compaction", store, "31"}).out.starts_with("move 31\n"));
  const Ran json = run_tool({"explain", "compaction", store, "27", "--json"});
  EXPECT_NE(json.out.find(R"("rejected":[{"what":"table 12","score":300},{"what":"table 9","score":-1}])"),
            std::string::npos)
      << json.out;
  const Ran unknown = run_tool({"explain", "compaction", store, "28"});
  EXPECT_EQ(unknown.exit, 2);
  EXPECT_NE(unknown.err.find("no merge 28 is recorded"), std::string::npos) << unknown.err;

  const std::string real = scratch.path("real");
  for (const std::string value : {"1", "2"}) ASSERT_EQ(run_tool({"put", real, "k", value}).exit, 0);
  EXPECT_EQ(run_tool({"explain", "compaction", real}).out, "no merge is recorded\n");
  ASSERT_EQ(run_tool({"compact", real}).exit, 0);
  const Ran listed = run_tool({"explain", "compaction", real, "--json"});
  EXPECT_NE(listed.out.find(R"("policy":"manual","trigger":"asked for: keys from the first to the last")"),
            std::string::npos)
      << listed.out;
}

}  // namespace
}  // namespace mylonite::testing
