#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <sstream>

#include <fmt/format.h>

#include <mylonite/store.h>

#include "core/base/hash.h"
#include "core/wal/record.h"
#include "tests/tool/run_tool.h"

namespace mylonite::testing {
namespace {

using Words = std::vector<std::string>;

std::vector<Words> every_writer(const std::string& directory) {
  return {{"put", directory, "k", "v"},
          {"delete", directory, "k"},
          {"load", directory},
          {"checkpoint", directory, "copy"},
          {"compact", directory}};
}

std::vector<Words> every_reader(const std::string& directory) {
  return {{"get", directory, "k"}, {"range", directory}, {"stats", directory}, {"explain", "get", directory, "k"}};
}

// Every command that opens the store; the others read files (inspect_test.cc, verify_test.cc).
std::vector<Words> every_command(const std::string& directory) {
  std::vector<Words> all = every_writer(directory);
  for (Words& words : every_reader(directory)) all.push_back(std::move(words));
  return all;
}

std::vector<Words> every_file_reader(const std::string& directory) {
  return {{"inspect", "manifest", directory}, {"inspect", "wal", directory},        {"inspect", "sst", directory, "1"},
          {"inspect", "tree", directory},     {"explain", "compaction", directory}, {"verify", directory}};
}

// A store of a few tables and a log that holds data, closed cleanly. Nothing is merged: merges would be as far as the
// threads happen to come.
std::string make_store(const Scratch& scratch) {
  const std::string store = scratch.path("store");
  std::string lines;
  for (int i = 0; i < 300; ++i) lines += fmt::format("key{}\t{}\n", 1000 + i, std::string(30, 'v'));
  EXPECT_EQ(
      run_tool({"load", store, "--set", "memtable_max_bytes=8192", "--set", "compaction_policy=none"}, lines).exit, 0);
  return store;
}

std::string file_of(const std::string& store, std::string_view prefix) {
  for (const auto& [name, bytes] : tree_of(store)) {
    if (name.starts_with(prefix)) return store + "/" + name;
  }
  ADD_FAILURE() << "no file " << prefix;
  return "";
}

void expect_refused(const Scratch& scratch, const Words& words, int exit, const std::string& says) {
  const auto before = tree_of(scratch.path(""));
  const Ran ran = run_tool(words, "k\tv\n");
  EXPECT_EQ(ran.exit, exit) << words[0] << ": " << ran.err;
  EXPECT_TRUE(ran.err.starts_with("mylonite: ")) << ran.err;
  EXPECT_NE(ran.err.find(says), std::string::npos) << words[0] << ": " << ran.err;
  EXPECT_EQ(ran.out, "");
  EXPECT_TRUE(tree_of(scratch.path("")) == before) << words[0] << " changed something";
}

// Goal: mistakes on the command line are told before anything is touched. Method: one mistake each.
// Expectation: exit 2, a message that names the culprit, nothing on the disk.
TEST(Refusals, CommandLines) {
  const Scratch scratch;
  const std::string store = scratch.path("store");
  const std::pair<Words, std::string> mistakes[] = {
      {{}, "expected a command: put, get, "},
      {{"frobnicate"}, "no command is named 'frobnicate'; there are: put, get, "},
      {{"put", store}, "KEY"},
      {{"put", store, "k"}, "VALUE"},
      {{"put", store, "k", "v", "w"}, "w"},
      {{"put", store, "k", "v", "--frob"}, "--frob"},
      {{"get", store, "k", "--acks"}, "--acks"},
      {{"inspect"}, "expected one of manifest, wal, sst, tree"},
      {{"inspect", "frobs", store}, "expected one of manifest, wal, sst, tree"},
      {{"inspect", "sst", store}, "NUMBER"},
      {{"inspect", "sst", store, "-1"}, "NUMBER: expected a whole number from 0 to 18446744073709551615, found '-1'"},
      {{"explain", "get", store, "k", "--as-of", "-5"}, "--as-of: expected a whole number from 0 to 1844"},
      {{"explain", "compaction", store, "99999999999999999999"}, "ID: expected a whole number from 0 to 1844"},
      {{"inspect", "wal", store, "seven"}, "NUMBER"},
      {{"inspect", "wal", store, "7", "8"}, "8"},
      {{"inspect", "tree"}, "DIR"},
      {{"verify"}, "DIR"},
      {{"explain", "put", store}, "expected one of get, compaction"},
      {{"explain", "get", store}, "KEY"},
      {{"explain", "get", store, "k", "--as-of", "noon"}, "--as-of"},
      {{"stats", store, "--format", "xml"}, "--format"},
      {{"stats", store, "--format", "prometheus", "--json"}, "exclude each other"},
      {{"explain", "compaction", store, "last"}, "ID"},
      {{"compact", store, "zz", "--hex"}, "hex digits"},
      {{"checkpoint", store}, "NAME"},
      {{"checkpoint", store, "a/b"}, "'a/b'"},
      {{"checkpoint", store, ".."}, "'..'"},
      {{"load", store, "--writers", "0"}, "--writers"},
      {{"load", store, "--writers", "many"}, "--writers"},
      {{"put", store, "k", "v", "--hex"}, "hex digits"},
      {{"put", store, "00", "0", "--hex"}, "hex digits"},
      {{"put", store, "k", "v", "--set"}, "--set"},
      {{"put", store, "k", "v", "--set", "x"}, "NAME=VALUE"},
      {{"put", store, "k", "v", "--set", "bytes=1"}, "no option is named 'bytes'; there are: memtable_max_bytes, "},
      {{"put", store, "k", "v", "--set", "data_dir=x"}, "DIR"},
      {{"put", store, "k", "v", "--set", "memtable_max_bytes=1kB"}, "a whole number of bytes, or one with k, M"},
      {{"put", store, "k", "v", "--set", "memtable_max_bytes=-1"}, "a whole number"},
      {{"put", store, "k", "v", "--set", "memtable_max_bytes="}, "a whole number"},
      {{"put", store, "k", "v", "--set", "memtable_max_bytes=18446744073709551616"}, "a whole number"},
      {{"put", store, "k", "v", "--set", "memtable_max_bytes=1023"}, "1024 to"},
      {{"put", store, "k", "v", "--set", "wal_flush_every_write=1"}, "true or false"},
      {{"put", store, "k", "v", "--set", "bloom_false_positive_rate=nan"}, "0.0001 to 0.5"},
      {{"put", "", "k", "v"}, "DIR"},
      {{"put", "absent/..", "k", "v"}, "data_dir"},
      {{"put", "/", "k", "v"}, "data_dir"},
  };
  for (const auto& [words, says] : mistakes) {
    const Ran ran = run_tool(words);
    EXPECT_EQ(ran.exit, 2) << says << ": " << ran.err;
    EXPECT_NE(ran.err.find(says), std::string::npos) << ran.err;
    EXPECT_EQ(ran.out, "");
  }
  EXPECT_EQ(tree_of(scratch.path("")).size(), 0U);
}

// Goal: readers create nothing. Method: every command that only reads, and delete and checkpoint, where nothing is, and
// in an empty directory.
// Expectation: exit 5, nothing created, not even asked to; no word about an option that the user did not set.
TEST(Refusals, ReadersCreateNothing) {
  const Scratch scratch;
  std::filesystem::create_directory(scratch.path("empty"));
  for (const std::string name : {"absent", "empty", "no/parent"}) {
    const std::string store = scratch.path(name);
    std::vector<Words> readers = every_reader(store);
    readers.push_back({"delete", store, "k"});
    readers.push_back({"checkpoint", store, "copy"});
    for (const Words& words : readers) {
      expect_refused(scratch, words, 5, name == "no/parent" ? "not found" : "not a store");
    }
    for (const Words& words : every_file_reader(store)) expect_refused(scratch, words, 5, "not a store");
    expect_refused(scratch, {"get", store, "k", "--set", "create_if_missing=true"}, 5, "");
    if (name == "no/parent") continue;
    for (const Words& words : readers) {
      const Ran ran = run_tool(words);
      EXPECT_EQ(ran.err, fmt::format("mylonite: not a store: {}: no store here\n  `put` and `load` make a store, only "
                                     "where the directory is absent or empty\n",
                                     store));
    }
  }
  expect_refused(scratch, {"put", scratch.path("absent"), "k", "v", "--set", "create_if_missing=false"}, 5,
                 "not a store");
  EXPECT_EQ(run_tool({"put", scratch.path("empty"), "k", "v"}).exit, 0);
}

// Goal: what is not a store stays as it is. Method: a directory with foreign files, a file, a file as parent, a missing
// parent; every command. Expectation: exit 5 (or 2 for an impossible path); nothing changed.
TEST(Refusals, NotAStore) {
  const Scratch scratch;
  std::filesystem::create_directories(scratch.path("photos/2020"));
  write_bytes(scratch.path("photos/a.jpg"), "jpg");
  write_bytes(scratch.path("file"), "text");
  for (const Words& words : every_command(scratch.path("photos"))) expect_refused(scratch, words, 5, "not a store");
  for (const Words& words : every_command(scratch.path("file")))
    expect_refused(scratch, words, 5, "a file, not a directory");
  for (const std::string name : {"photos", "file", "file/x", "no/x"}) {
    for (const Words& words : every_file_reader(scratch.path(name))) expect_refused(scratch, words, 5, "not a store");
  }
  for (const Words& words : every_command(scratch.path("file/x")))
    expect_refused(scratch, words, 2, "must be a directory");
  for (const Words& words : every_command(scratch.path("no/x")))
    expect_refused(scratch, words, 5, "parent of data_dir");
}

// Goal: a second writer is turned away, in another process and in the same one; readers need no lock. Method: a store
// is held open. Expectation: exit 7 and kLocked for writers; readers see what was written; nothing changed.
TEST(Refusals, LockedByAnotherOpener) {
  const Scratch scratch;
  Options options;
  options.data_dir = make_store(scratch);
  options.compaction_policy = "none";  // nothing may be merged while the disk is compared
  const auto held = Store::open(options);
  ASSERT_TRUE(held.ok());
  ASSERT_TRUE((*held)->put("k", "just now").ok());
  for (const Words& words : every_writer(options.data_dir)) expect_refused(scratch, words, 7, "locked");
  const auto before = tree_of(scratch.path(""));
  EXPECT_EQ(run_tool({"get", options.data_dir, "k"}).out, "just now\n");
  std::vector<Words> readers = every_reader(options.data_dir);
  readers.push_back({"inspect", "wal", options.data_dir});
  readers.push_back({"inspect", "tree", options.data_dir});
  readers.push_back({"verify", options.data_dir});
  for (const Words& words : readers) EXPECT_EQ(run_tool(words).exit, 0) << words[0] << words[1];
  EXPECT_TRUE(tree_of(scratch.path("")) == before);
  const auto second = Store::open(options);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code(), Code::kLocked);
  ASSERT_TRUE((*held)->close().ok());
  EXPECT_EQ(run_tool({"get", options.data_dir, "key1000"}).exit, 0);
}

// Goal: a store of a newer format is refused as it is. Method: the format numbers of manifest and log are raised, with
// good checksums. Expectation: exit 5, "unsupported format", nothing changed.
TEST(Refusals, NewerFormats) {
  {
    const Scratch scratch;
    const std::string store = make_store(scratch);
    const std::string file = file_of(store, "manifest-");
    std::string bytes = bytes_of(file);
    const std::size_t newline = bytes.find('\n');
    std::string body = bytes.substr(25, newline - 26);
    ASSERT_TRUE(body.starts_with("{\"n\":0,\"format\":1,")) << body;
    body[body.find('1')] = '3';
    const std::uint64_t number = std::stoull(file.substr(file.rfind('-') + 1));
    const std::uint32_t crc = crc32c(body, static_cast<std::uint32_t>(mix64(number)));
    write_bytes(file, fmt::format("{{\"crc\":\"{:08x}\",\"body\":{}}}{}", crc, body, bytes.substr(newline)));
    for (const Words& words : every_command(store)) expect_refused(scratch, words, 5, "manifest format 3");
  }
  {
    const Scratch scratch;
    const std::string store = make_store(scratch);
    const std::string file = file_of(store, "wal-");
    std::string bytes = bytes_of(file);
    bytes[8] = 2;
    const std::uint32_t crc =
        crc32c(std::string_view(bytes).substr(16, 48), crc32c(std::string_view(bytes).substr(0, 12)));
    std::memcpy(bytes.data() + 12, &crc, sizeof crc);
    write_bytes(file, bytes);
    for (const Words& words : every_command(store)) expect_refused(scratch, words, 5, "log format 2");
  }
}

// Goal: damage of CURRENT, manifest and log is refused and left for repair. Method: each file flipped at many offsets,
// one at a time, cut, and emptied. Expectation: exit 5, corruption naming the file; nothing changed.
TEST(Refusals, DamagedLogAndNames) {
  const Scratch scratch;
  const std::string store = make_store(scratch);
  for (const std::string prefix : {"CURRENT", "manifest-", "wal-"}) {
    const std::string file = file_of(store, prefix);
    const std::string good = bytes_of(file);
    // The last record of a manifest or log is attested by none behind it.
    const std::size_t attested = prefix == "CURRENT"     ? good.size()
                                 : prefix == "manifest-" ? good.rfind("{\"crc\"")
                                                         : good.size() - kRecordHeaderBytes;
    for (std::size_t at = 0; at < attested; at += 1 + attested / 9) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ 0x01);
      write_bytes(file, bad);
      expect_refused(scratch, {"get", store, "key1000"}, 5, "corruption: " + file);
    }
    write_bytes(file, "");
    // An empty last log is one whose creation never finished: nothing attests that there was more.
    if (prefix != "wal-") {
      expect_refused(scratch, {"put", store, "k", "v"}, 5, "corruption: " + file);
    }
    write_bytes(file, good);
  }
  EXPECT_EQ(run_tool({"get", store, "key1000"}).exit, 0);
}

// Goal: a missing file of the store is loud. Method: CURRENT, manifest and a table taken away, one at a time.
// Expectation: exit 5, nothing changed; all is well when the file is back.
TEST(Refusals, MissingFiles) {
  const Scratch scratch;
  const std::string store = make_store(scratch);
  for (const std::string prefix : {"CURRENT", "manifest-", "sst-"}) {
    const std::string file = file_of(store, prefix);
    std::filesystem::rename(file, scratch.path("aside"));
    for (const Words& words : every_command(store)) expect_refused(scratch, words, 5, "corruption: ");
    std::filesystem::rename(scratch.path("aside"), file);
  }
  EXPECT_EQ(run_tool({"get", store, "key1000"}).exit, 0);
}

// Goal: damage of a table never gives a wrong answer. Method: a table flipped at many offsets; read everything and
// single keys. Expectation: exit 5 naming the table, or the very answer of the sound store; refused opens change
// nothing.
TEST(Refusals, DamagedTables) {
  const Scratch scratch;
  const std::string store = make_store(scratch);
  const std::string sound = run_tool({"range", store}).out;
  const auto good = tree_of(store);
  const std::string name = std::filesystem::path(file_of(store, "sst-")).filename();
  int loud = 0;
  for (std::size_t at = 0; at < good.at(name).size(); at += 1 + good.at(name).size() / 40) {
    for (const auto& [file, bytes] : good) write_bytes(store + "/" + file, bytes);
    for (const auto& [file, bytes] : tree_of(store)) {
      if (!good.contains(file)) std::filesystem::remove(store + "/" + file);
    }
    std::string bad = good.at(name);
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    write_bytes(store + "/" + name, bad);
    const Ran all = run_tool({"range", store});
    if (all.exit == 0) {
      EXPECT_EQ(all.out, sound) << "byte " << at;
      continue;
    }
    ++loud;
    EXPECT_EQ(all.exit, 5) << all.err;
    EXPECT_NE(all.err.find("corruption: " + store + "/" + name), std::string::npos) << all.err;
    EXPECT_TRUE(sound.starts_with(all.out)) << "byte " << at;
  }
  EXPECT_GT(loud, 30);
}

// Goal: a directory that may not be read or written is an error of the environment, and reading needs no right to
// write. Method: as an ordinary user, where the test may become one. Expectation: exit 7, the cause, nothing changed;
// where only writing is forbidden, readers answer.
TEST(Refusals, NoPermission) {
  const Scratch scratch;
  const std::string store = make_store(scratch);
  std::filesystem::permissions(scratch.path(""), std::filesystem::perms(0755));
  std::filesystem::copy_file(MYLONITE_PROGRAM, scratch.path("mylonite"));
  Words user{scratch.path("mylonite")};
  if (::geteuid() == 0)
    user = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", scratch.path("mylonite")};
  auto as_user = [&](Words words) {
    words.insert(words.begin(), user.begin(), user.end());
    return run_program(words);
  };
  if (as_user({"--version"}).exit != 0) GTEST_SKIP() << "cannot run as an ordinary user here";
  for (const unsigned mode : {0000U, 0555U}) {
    std::filesystem::permissions(store, std::filesystem::perms(mode));
    if (::geteuid() == 0) std::filesystem::permissions(store + "/LOCK", std::filesystem::perms(0444));
    const auto before = ::geteuid() == 0 ? tree_of(store) : std::map<std::string, std::string>();
    for (const Words& words : {Words{"get", store, "key1000"}, {"verify", store}, {"put", store, "k", "v"}}) {
      const Ran ran = as_user(words);
      if (mode != 0 && words[0] != "put") {
        EXPECT_EQ(ran.exit, 0) << ran.err;
        continue;
      }
      EXPECT_EQ(ran.exit, 7) << ran.err;
      EXPECT_NE(ran.err.find("Permission denied"), std::string::npos) << ran.err;
    }
    if (::geteuid() == 0) {
      EXPECT_TRUE(tree_of(store) == before);
    }
  }
  std::filesystem::permissions(store, std::filesystem::perms(0755));
}

class SmallDisk {
 public:
  explicit SmallDisk(std::string path) : path_(std::move(path)) {
    std::filesystem::create_directory(path_);
    mounted_ = run_program({"mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", path_}).exit == 0;
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  ~SmallDisk() {
    if (mounted_) run_program({"umount", path_});
  }
  bool mounted() const { return mounted_; }

 private:
  std::string path_;
  bool mounted_ = false;
};

// Goal: a full disk loses nothing that was acknowledged. Method: load until full, at several fill levels (a ballast
// file), then take the ballast away. Expectation: exit 7, "no space"; afterwards every acknowledged key with its value.
TEST(Refusals, FullDisk) {
  const Scratch scratch;
  const SmallDisk disk(scratch.path("disk"));
  if (!disk.mounted()) GTEST_SKIP() << "cannot mount a small disk here";
  for (int round = 0; round < 6; ++round) {
    const std::string store = scratch.path("disk/store");
    const std::string ballast = scratch.path("disk/ballast");
    std::string lines;
    for (int i = 0; i < 5000; ++i) lines += fmt::format("r{}k{}\t{}\n", round, i, std::string(1000, 'v'));
    write_bytes(ballast, std::string(1'700'000U + 40'960U * static_cast<unsigned>(round), 'b'));
    const Ran full =
        run_tool({"load", store, "--acks", "--writers", round % 2 == 0 ? "1" : "4", "--set",
                  fmt::format("memtable_max_bytes={}", 20'000 + 90'000 * round), "--set", "compression=none"},
                 lines);
    EXPECT_EQ(full.exit, 7);
    EXPECT_NE(full.err.find("No space left"), std::string::npos) << full.err;
    std::filesystem::remove(ballast);
    const Ran there = run_tool({"range", store});
    ASSERT_EQ(there.exit, 0) << there.err;
    std::istringstream acks(full.out);
    int acknowledged = 0;
    for (std::string key; std::getline(acks, key); ++acknowledged) {
      ASSERT_NE(there.out.find(key + "\t" + std::string(1000, 'v') + "\n"), std::string::npos) << key << " is lost";
    }
    EXPECT_GT(acknowledged, 100);
    std::filesystem::remove_all(store);
  }
}

}  // namespace
}  // namespace mylonite::testing
