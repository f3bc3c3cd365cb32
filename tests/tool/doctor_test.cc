#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "tests/tool/run_tool.h"

namespace mylonite::testing {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// Goal: doctor says what is well of machine and store. Method: a sound store, in text and JSON; the directory before
// and after. Expectation: a line for each check, exit 0 or 1 by what the machine is like, nothing changed.
TEST(Doctor, OfASoundStore) {
  const Scratch scratch;
  const std::string store = scratch.path("store");
  ASSERT_EQ(run_tool({"put", store, "k", "v"}).exit, 0);
  const auto before = tree_of(store);
  const Ran ran = run_tool({"doctor", store, "--set", "memtable_max_bytes=1M", "--set", "wal_file_rotate_bytes=1M"});
  EXPECT_EQ(ran.err, "");
  for (const char* part :
       {"well  libraries    mylonite ", "  memory  ", "well  clock  ", "  open files   the limit is ",
        "  file system  ", "  free space  ", "  sync         4 KiB in ", "well  lock  ", "well  stamps  ",
        "well  verify       sound: "}) {
    EXPECT_TRUE(has(ran.out, part)) << part << ran.out;
  }
  EXPECT_EQ(ran.exit, has(ran.out, "mend  ") ? 1 : 0) << ran.out;
  const Ran json = run_tool({"doctor", store, "--json"});
  EXPECT_TRUE(json.out.starts_with(R"({"checks":[{"name":"libraries","verdict":"well","found":)")) << json.out;
  EXPECT_TRUE(has(json.out, R"("to_mend":)"));
  EXPECT_TRUE(tree_of(store) == before);
}

// Goal: what is wrong is named, with what to do. Method: a damaged table, a low limit on open files, a directory of
// other files, an option that takes all memory. Expectation: exit 1, and the step.
TEST(Doctor, FindsWhatIsToBeMended) {
  const Scratch scratch;
  const std::string store = scratch.path("store");
  ASSERT_EQ(run_tool({"put", store, "k", "v"}).exit, 0);
  ASSERT_EQ(run_tool({"compact", store}).exit, 0);
  for (const auto& [name, bytes] : tree_of(store)) {
    if (!name.starts_with("sst-")) continue;
    std::string damaged = bytes;
    damaged[3] = static_cast<char>(damaged[3] ^ 1);
    write_bytes(store + "/" + name, damaged);
  }
  const Ran damage = run_tool({"doctor", store});
  EXPECT_EQ(damage.exit, 1);
  EXPECT_TRUE(has(damage.out, "mend  verify       1 damage found in ")) << damage.out;
  EXPECT_TRUE(has(damage.out, "make a copy of the whole directory")) << damage.out;

  const Ran files = run_shell("ulimit -n 64; $M doctor '" + scratch.path("") + "'");
  EXPECT_EQ(files.exit, 1);
  EXPECT_TRUE(has(files.out, "mend  open files   the limit is 64; the store wants 564")) << files.out;
  EXPECT_TRUE(has(files.out, "`ulimit -n 564`")) << files.out;
  EXPECT_TRUE(has(files.out, "mend  store        other files, and no store")) << files.out;

  const Ran memory = run_tool({"doctor", scratch.path(""), "--set", "block_cache_bytes=1T"});
  EXPECT_TRUE(has(memory.out, "mend  memory ")) << memory.out;
}

// Goal: an open store is examined, and whoever has it open is named. Method: doctor while `load` waits for its input.
// Expectation: the note with the process, and a sound store.
TEST(Doctor, BesideAWriter) {
  const Scratch scratch;
  const std::string script =
      "cd '" + scratch.path("") +
      "'; mkfifo lines; $M load store --acks <lines >acks & exec 3>lines; printf 'a\\t1\\n' >&3; "
      "while [ ! -s acks ]; do sleep 0.01; done; $M doctor store; echo \"writer $!\"; exec 3>&-; wait";
  const Ran ran = run_shell(script);
  const std::string writer = ran.out.substr(ran.out.find("writer ") + 7);
  EXPECT_TRUE(has(ran.out, "note  lock         process " + writer.substr(0, writer.find('\n')) + " has the store open"))
      << ran.out;
  EXPECT_TRUE(has(ran.out, "well  verify       sound: ")) << ran.out;
}

// Goal: what cannot be examined is no finding. Method: no directory, and a file. Expectation: exit 7, an error, in JSON
// too; without DIR the machine.
TEST(Doctor, CannotLook) {
  const Scratch scratch;
  write_bytes(scratch.path("file"), "x");
  for (const char* name : {"absent", "file"}) {
    const Ran ran = run_tool({"doctor", scratch.path(name)});
    EXPECT_EQ(ran.exit, 7) << name;
    EXPECT_EQ(ran.out, "");
    EXPECT_TRUE(has(ran.err, scratch.path(name))) << ran.err;
    const Ran json = run_tool({"doctor", scratch.path(name), "--json"});
    EXPECT_EQ(json.exit, 7);
    EXPECT_TRUE(json.err.starts_with(R"({"error":{"code":"I/O error",)")) << json.err;
  }
  EXPECT_TRUE(has(run_tool({"doctor"}).out, "well  clock  "));
}

}  // namespace
}  // namespace mylonite::testing
