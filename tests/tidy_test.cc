// The house's rules over the tree, and planted violations that each rule must catch.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/tidy/rules.h"
#include "tests/tidy/text.h"

namespace mylonite::tidy {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

bool is_text(const fs::path& path) {
  const std::vector<std::string> kinds = {".h", ".cc", ".py", ".pyi", ".sh", ".txt", ".md", ".cmake", ".patch"};
  return std::ranges::find(kinds, path.extension().string()) != kinds.end();
}

std::vector<std::string> top_folders(const fs::path& root) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(root)) {
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

std::vector<Source> tree(const fs::path& root) {
  std::vector<Source> sources;
  for (const std::string& folder : top_folders(root)) {
    if (folder == "build" || folder.starts_with('.')) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (!entry.is_regular_file() || !is_text(entry.path())) continue;
      sources.push_back({.path = entry.path().lexically_relative(root).string(), .text = read(entry.path())});
    }
  }
  std::ranges::sort(sources, {}, &Source::path);
  return sources;
}

std::string listed(const Violations& violations) {
  std::string text;
  for (const Violation& violation : violations) text += violation.to_string() + "\n";
  return text;
}

// The lines on which a rule complains about a text.
std::vector<int> lines(const Violations& violations) {
  std::vector<int> found;
  for (const Violation& violation : violations) found.push_back(violation.line);
  std::ranges::sort(found);
  return found;
}
using Lines = std::vector<int>;

std::string including(const std::string& target) { return "// about\n#include " + target + "\n"; }

// Goal: the tree keeps its rules. Method: run them all over every file. Expectation: nothing found.
TEST(Tidy, tree_keeps_the_rules) {
  const fs::path root = MYLONITE_SOURCE_DIR;
  const std::vector<Source> sources = tree(root);
  ASSERT_GT(sources.size(), 20U) << "the tree was not found";
  const Violations inside = check_all(sources);
  const Violations top = check_top_level(top_folders(root));
  EXPECT_TRUE(inside.empty()) << listed(inside);
  EXPECT_TRUE(top.empty()) << listed(top);
}

// Goal: blanking hides comments and literals and nothing else. Method: a line of each sort. Expectation: code stays,
// with the same length and line breaks.
TEST(TidyText, comments_and_literals_are_blanked) {
  EXPECT_EQ(code_only("a; // b\nc"), "a;     \nc");
  EXPECT_EQ(code_only("a /* b\n c */ d"), "a     \n      d");
  EXPECT_EQ(code_only("f(\"a\\\"b // c\", 'x', '\\'')"), "f(\"         \", ' ', '  ')");
  EXPECT_EQ(code_only("R\"x(a)\" )x\" b"), "R\"        \" b");
  EXPECT_EQ(code_only("1'000'000 + x"), "1'000'000 + x");
  EXPECT_EQ(comments_only("a; // b\nc"), "   // b\n ");
}

// Goal: tokens are whole words, and "::name" means the global scope. Method: near misses. Expectation: only the word.
TEST(TidyText, tokens_are_whole) {
  EXPECT_EQ(find_token("rand grand rands rand_ x.rand()", "rand"), (std::vector<std::size_t>{0, 25}));
  EXPECT_EQ(find_token("vfs::open(a); ::open(b); ::open_posix(c)", "::open"), (std::vector<std::size_t>{14}));
}

// Goal: functions are found and measured. Method: free, member, templated, constructor with an initializer list,
// lambda in a body, initializer tables. Expectation: each function once, tables and classes never.
TEST(TidyText, functions_are_measured) {
  const std::string code =
      "namespace a {\n"
      "constexpr int kTable[] = {\n1,\n2};\n"
      "template <class T>\nT twice(T x) {\n  return x + x;\n}\n"
      "class B {\n public:\n  B() : x_{1}, y_(2) {\n  }\n"
      "  int get() const { return [&] { return x_; }(); }\n"
      "#if 0\n#endif\n  enum class E { kA };\n};\n"
      "}\n";
  std::vector<std::pair<int, int>> found;
  for (const Function& function : functions_of(code)) found.emplace_back(function.line, function.lines);
  // The brace initializer in the constructor's list counts as a body of one line, which does no harm.
  EXPECT_EQ(found, (std::vector<std::pair<int, int>>{{5, 4}, {11, 1}, {11, 2}, {13, 1}}));
}

// Goal: every arrow that is not drawn is refused, and drawn ones are not. Method: one include each way.
TEST(TidyRules, layering) {
  const auto refused = [](const std::string& path, const std::string& target) {
    return !check_includes({.path = path, .text = including('"' + target + '"')}).empty();
  };
  EXPECT_TRUE(refused("core/base/status.cc", "core/rt/rt.h"));
  EXPECT_TRUE(refused("core/rt/rt.cc", "core/vfs/posix.h"));
  EXPECT_TRUE(refused("core/wal/writer.cc", "core/sst/block.h"));
  EXPECT_TRUE(refused("core/sst/reader.cc", "core/memtable/memtable.h"));
  EXPECT_TRUE(refused("core/version/manifest.cc", "core/sst/reader.h"));
  EXPECT_TRUE(refused("core/version/manifest.cc", "core/compaction/plan.h"));
  EXPECT_TRUE(refused("core/compaction/leveled.cc", "core/sst/reader.h"));
  EXPECT_TRUE(refused("core/compaction/leveled.cc", "core/vfs/file_system.h"));
  EXPECT_TRUE(refused("core/store/store.cc", "core/tool/main.h"));
  EXPECT_TRUE(refused("core/store/store.cc", "sim/machine/scheduler.h"));
  EXPECT_TRUE(refused("core/store/store.cc", "faultfs/disk.h"));
  EXPECT_TRUE(refused("core/novel/thing.cc", "core/base/status.h"));
  EXPECT_TRUE(refused("faultfs/disk.cc", "core/format/options.h"));
  EXPECT_TRUE(refused("faultfs/disk.cc", "sim/machine/trace.h"));
  EXPECT_TRUE(refused("sim/oracle/oracle.cc", "core/store/store.h"));
  EXPECT_TRUE(refused("sim/oracle/model.h", "core/store/store.h"));
  EXPECT_TRUE(refused("sim/run/run.cc", "core/tool/main.h"));
  EXPECT_TRUE(refused("sim/run/run.cc", "experiments/spec.h"));
  EXPECT_TRUE(refused("sim/run/run.cc", "tests/helper.h"));
  EXPECT_TRUE(refused("sim/run/run.cc", "sim/report/report.h"));
  EXPECT_TRUE(refused("sim/report/report.cc", "sim/program/commands.h"));
  EXPECT_TRUE(refused("sim/report/report.cc", "core/cli/output.h"));
  EXPECT_TRUE(refused("core/store/store.cc", "core/cli/exit.h"));
  EXPECT_TRUE(refused("core/cli/program.cc", "core/store/store.h"));
  EXPECT_TRUE(refused("experiments/bench/bench.cc", "experiments/program/program.h"));
  EXPECT_TRUE(refused("sim/scenario/scenario.cc", "sim/run/run.h"));
  EXPECT_TRUE(refused("sim/machine/scheduler.cc", "sim/scenario/scenario.h"));
  EXPECT_TRUE(refused("sim/world.cc", "sim/world.h"));
  EXPECT_TRUE(refused("core/base/status.cc", "core/mylonite/status.h"));
  EXPECT_TRUE(refused("core/base/status.cc", "status.h"));
  EXPECT_TRUE(refused("core/base/status.cc", "../base/status.h"));

  EXPECT_FALSE(refused("core/rt/rt.cc", "core/base/status.h"));
  EXPECT_FALSE(refused("core/iter/merging.cc", "core/sst/reader.h"));
  EXPECT_FALSE(refused("core/compaction/job.cc", "core/sst/builder.h"));
  EXPECT_FALSE(refused("core/compaction/leveled.cc", "core/version/version.h"));
  EXPECT_FALSE(refused("core/store/store.cc", "core/wal/writer.h"));
  EXPECT_FALSE(refused("core/tool/main.cc", "core/store/store.h"));
  EXPECT_FALSE(refused("core/tool/main.cc", "core/cli/program.h"));
  EXPECT_FALSE(refused("core/cli/settings.cc", "core/format/options.h"));
  EXPECT_FALSE(refused("sim/tool/main.cc", "sim/program/program.h"));
  EXPECT_FALSE(refused("experiments/main.cc", "experiments/program/program.h"));
  EXPECT_FALSE(refused("sim/run/fault_injector.cc", "core/store/store.h"));
  EXPECT_FALSE(refused("tests/store/store_test.cc", "sim/run/fault_injector.h"));
  EXPECT_EQ(check_includes({.path = "core/base/a.cc", .text = "// #include \"sim/machine/trace.h\"\n"}).size(), 0U);
}

// Goal: public headers know one another only; every room may include them, but those of the store only above it.
TEST(TidyRules, public_face) {
  const auto refused = [](const std::string& path, const std::string& target) {
    return !check_includes({.path = path, .text = including(target)}).empty();
  };
  EXPECT_TRUE(refused("core/mylonite/store.h", "\"core/base/bytes.h\""));
  EXPECT_TRUE(refused("core/mylonite/store.h", "<fmt/format.h>"));
  EXPECT_TRUE(refused("faultfs/mylonite/faultfs/disk.h", "\"faultfs/host_scope.h\""));
  EXPECT_TRUE(refused("sim/mylonite/sim/program.h", "\"core/cli/exit.h\""));
  EXPECT_TRUE(refused("core/format/a.cc", "<mylonite/store.h>"));
  EXPECT_TRUE(refused("sim/oracle/oracle.h", "<mylonite/session.h>"));
  EXPECT_TRUE(refused("core/base/a.cc", "<mylonite/faultfs/disk.h>"));
  EXPECT_FALSE(refused("core/mylonite/store.h", "<mylonite/status.h>"));
  EXPECT_FALSE(refused("faultfs/mylonite/faultfs/disk.h", "<mylonite/file_system.h>"));
  EXPECT_FALSE(refused("core/base/a.cc", "<mylonite/status.h>"));
  EXPECT_FALSE(refused("core/store/store.cc", "<mylonite/store.h>"));
  EXPECT_FALSE(refused("sim/run/run.h", "<mylonite/store.h>"));
  EXPECT_FALSE(refused("sim/run/run.h", "<mylonite/faultfs/disk.h>"));
}

// Goal: nothing is reached around a corner. Method: a file of the oracle includes a header that is allowed, which
// includes the store, directly and by way of another. Expectation: the way is named; the direct include is not its
// business; a room that may include the store is left alone.
TEST(TidyRules, reach) {
  const std::vector<Source> sources = {
      {.path = "sim/oracle/oracle.cc", .text = including("\"core/format/a.h\"")},
      {.path = "sim/oracle/model.cc", .text = including("\"core/store/store.h\"")},
      {.path = "sim/run/run.cc", .text = including("\"core/format/a.h\"")},
      {.path = "core/format/a.h", .text = including("\"core/base/b.h\"")},
      {.path = "core/base/b.h", .text = including("\"core/store/store.h\"")},
  };
  EXPECT_EQ(listed(check_reach(sources)),
            "core/format/a.h:1: reaches core/store/store.h by way of core/base/b.h\n"
            "sim/oracle/oracle.cc:1: reaches core/store/store.h by way of core/base/b.h\n");
}

// Goal: heavy headers stay in .cc files, and large libraries in their places. Method: fmt in each; the JSON library and
// the parser of command lines here and there. Expectation: refused in the header, and outside of the places.
TEST(TidyRules, heavy_headers) {
  EXPECT_EQ(lines(check_includes({.path = "core/base/a.h", .text = including("<fmt/format.h>")})), Lines{2});
  EXPECT_EQ(lines(check_includes({.path = "core/base/a.cc", .text = including("<fmt/format.h>")})), Lines{});
  EXPECT_EQ(lines(check_includes({.path = "core/base/a.cc", .text = including("<nlohmann/json.hpp>")})), Lines{2});
  EXPECT_EQ(lines(check_includes({.path = "core/base/json.cc", .text = including("<nlohmann/json.hpp>")})), Lines{});
  EXPECT_EQ(lines(check_includes({.path = "core/tool/a.cc", .text = including("<CLI/CLI.hpp>")})), Lines{2});
}

// Goal: each ban bites in the engine, and only in code. Method: one line each; then the same in a comment, a string,
// and behind the seam. Expectation: the line is named; nothing is said of the others.
TEST(TidyRules, bans) {
  const std::vector<std::string> banned = {"std::mutex m;",
                                           "std::thread t;",
                                           "std::condition_variable c;",
                                           "thread_local int x;",
                                           "auto t = std::chrono::steady_clock::now();",
                                           "#include <fstream>",
                                           "std::filesystem::path p;",
                                           "int f = ::open(name, 0);",
                                           "fsync(f);",
                                           "::pread(f, p, 1, 0);",
                                           "getenv(name);",
                                           "std::random_device d;"};
  const std::vector<std::string> never = {"std::uniform_int_distribution<int> d;",
                                          "std::unordered_map<int, int> m;",
                                          "std::unordered_set<int> s;",
                                          "assert(x);",
                                          "using namespace std;",
                                          "int x = rand();",
                                          "std::mt19937 g;"};
  for (const std::string& line : banned) {
    EXPECT_EQ(lines(check_bans({.path = "core/store/a.cc", .text = "\n" + line + "\n"})), Lines{2}) << line;
    EXPECT_EQ(lines(check_bans({.path = "sim/a.cc", .text = line})), Lines{1}) << line;
    EXPECT_EQ(lines(check_bans({.path = "core/vfs/a.cc", .text = line})), Lines{}) << line;
    EXPECT_EQ(lines(check_bans({.path = "core/store/a.cc", .text = "// " + line})), Lines{}) << line;
  }
  for (const std::string& line : never) {
    EXPECT_EQ(lines(check_bans({.path = "core/vfs/a.cc", .text = line})), Lines{1}) << line;
    EXPECT_EQ(lines(check_bans({.path = "core/vfs/a.cc", .text = "f(\"" + line + "\");"})), Lines{}) << line;
  }
  EXPECT_EQ(lines(check_bans({.path = "core/wal/a.cc", .text = "static_assert(true); file.open(x); vfs::open(y);"})),
            Lines{});
}

// Goal: the preprocessor stays out. Method: a conditional and a macro. Expectation: refused, but where listed.
TEST(TidyRules, preprocessor) {
  const std::string text = "#pragma once\n#include <map>\n#ifdef X\n# define Y 1\n#endif\n";
  EXPECT_EQ(lines(check_bans({.path = "core/wal/a.h", .text = text})), (Lines{3, 4, 5}));
  EXPECT_EQ(lines(check_bans({.path = "core/base/hash.cc", .text = text})), Lines{});
}

// Goal: long files, functions and lines are refused. Method: at the limit and one past it.
TEST(TidyRules, sizes) {
  const auto file = [](int lines) { return std::string(static_cast<std::size_t>(lines), '\n'); };
  const auto function = [&](int lines) { return "void f() {" + file(lines - 1) + "}\n"; };
  EXPECT_EQ(check_size({.path = "core/wal/a.cc", .text = file(400)}).size(), 0U);
  EXPECT_EQ(check_size({.path = "core/wal/a.cc", .text = file(401)}).size(), 1U);
  EXPECT_EQ(check_size({.path = "core/wal/a.cc", .text = function(70)}).size(), 0U);
  EXPECT_EQ(lines(check_size({.path = "core/wal/a.cc", .text = "int x;\n" + function(71)})), Lines{2});
  const std::string widest = "// " + std::string(116, 'w');
  EXPECT_EQ(check_size({.path = "core/wal/a.cc", .text = widest + "≤\n"}).size(), 0U);
  EXPECT_EQ(lines(check_size({.path = "core/wal/a.cc", .text = "\n" + widest + "≤≤\n"})), Lines{2});
}

// Goal: no member beside a mutex is left without a guard. Method: a class of every sort of member; then each sort that
// needs a word, without it; a class without a mutex. Expectation: the lines without a word are named, no others.
TEST(TidyRules, members_beside_a_mutex) {
  const auto complaints = [](const std::string& text) {
    return lines(check_locks({.path = "core/wal/a.h", .text = text}));
  };
  EXPECT_EQ(
      complaints("class A {\n public:\n  A() : n_{1}, m_(2) {}\n  int f(const B& b = {}) const REQUIRES(mutex_);\n"
                 "  using B = std::map<int, int>;\n  static constexpr int kC = 1;\n"
                 "  struct D {\n    int free = 0;\n  };\n private:\n"
                 "  mutable rt::Mutex mutex_ ACQUIRED_AFTER(other_);\n  rt::CondVar change_;\n"
                 "  const std::string name_;\n  int* const at_ = nullptr;\n  vfs::FileSystem& fs_;\n"
                 "  std::atomic<int> hits_{0};\n  std::function<void(int)> call_ GUARDED_BY(mutex_);\n"
                 "  D d_ GUARDED_BY(mutex_){.free = 1};\n  int set_;  // unguarded: set once\n"
                 "  // unguarded: the\n  // leader's alone\n  int led_ = 0;\n};\n"),
      Lines{});
  const std::string open = "struct CAPABILITY(\"x\") A {\n  rt::Mutex mutex;\n";
  EXPECT_EQ(complaints(open + "  int n = 0;\n};\n"), Lines{3});
  EXPECT_EQ(complaints(open + "  std::map<int, std::vector<int>> n{{1, 2}};\n};\n"), Lines{3});
  EXPECT_EQ(complaints(open + "  std::function<void()> f;\n};\n"), Lines{3});
  EXPECT_EQ(complaints(open + "  const int* p = nullptr;\n};\n"), Lines{3});
  EXPECT_EQ(complaints(open + "  int n;  // unguarded: \n};\n"), Lines{3});
  EXPECT_EQ(complaints(open + "  int n;  // guarded by mutex\n};\n"), Lines{3});
  EXPECT_EQ(complaints(open + "  void f() {\n    int n = 0;\n  }\n  int n;\n};\n"), Lines{6});
  EXPECT_EQ(complaints("struct A {\n  rt::Mutex& mutex;\n  int n;\n};\n"), Lines{});
}

// Goal: nobody lets go of a lock without a word. Method: with the word right above, with a word elsewhere, without one.
TEST(TidyRules, locks_let_go) {
  const auto complaints = [](const std::string& text) {
    return lines(check_locks({.path = "core/wal/a.cc", .text = text}));
  };
  EXPECT_EQ(complaints("void f() {\n  // Safe: why.\n  const rt::Unlocked unlocked(mutex_);\n}\n"), Lines{});
  EXPECT_EQ(complaints("void f() {\n  // Safe: why.\n\n  const rt::Unlocked unlocked(mutex_);\n}\n"), Lines{4});
  EXPECT_EQ(complaints("void f() {\n  const rt::Unlocked unlocked(mutex_);\n}\n"), Lines{2});
}

// Goal: headers introduce themselves. Method: headers that lack one thing each. Expectation: one complaint each.
TEST(TidyRules, headers) {
  const auto complaints = [](const std::string& text) {
    return check_header({.path = "core/wal/a.h", .text = text}).size();
  };
  EXPECT_EQ(complaints("// What it is.\n#pragma once\nclass Later;\nint f();\n"), 0U);
  EXPECT_EQ(complaints("#pragma once\n"), 1U);
  EXPECT_EQ(complaints("// What it is. #pragma once\n"), 1U);
  EXPECT_EQ(complaints("// What it is.\n#pragma once\nclass A : B {\n};\n"), 1U);
  EXPECT_EQ(complaints("// What it is. One thread at a time.\n#pragma once\nclass A {\n};\n"), 0U);
}

// Goal: the sentences of headers stay short. Method: 25 and 26 words, by themselves, over several lines, beside code,
// around what ends a sentence; lists, rows and drawings; a source, and a test. Expectation: the opening line is named.
TEST(TidyRules, sentences) {
  const auto words = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += " word";
    return text;
  };
  const auto complaints = [](const std::string& text) {
    return lines(check_sentences({.path = "core/wal/a.h", .text = text}));
  };
  EXPECT_EQ(complaints("//" + words(25) + ".\n"), Lines{});
  EXPECT_EQ(complaints("//" + words(26) + ".\n"), Lines{1});
  EXPECT_EQ(complaints("// One.\n//" + words(20) + "\n//" + words(6) + ". One.\n"), Lines{2});
  EXPECT_EQ(complaints("int a;  //" + words(20) + "\n        //" + words(6) + "\n"), Lines{1});
  EXPECT_EQ(complaints("int a;  //" + words(20) + "\n//" + words(6) + "\n"), Lines{});
  for (const std::string end : {". ", "? ", "! ", ": ", "; ", ".) ", "\n//\n//", "\n\n//"}) {
    EXPECT_EQ(complaints("//" + words(20) + end + words(20) + "\n"), Lines{}) << end;
  }
  EXPECT_EQ(complaints("//" + words(20) + "\n//  " + words(20) + "\n//" + words(20) + "\n"), Lines{});
  EXPECT_EQ(complaints("//   1." + words(20) + "\n//     " + words(6) + "\n//   2." + words(20) + "\n"), Lines{1});
  EXPECT_EQ(complaints("//   a  " + words(20) + "\n//      " + words(6) + "\n//   b  " + words(20) + "\n"), Lines{1});
  EXPECT_EQ(complaints("// +---" + words(30) + "---+\n//" + words(20) + "\n// | a |" + words(20) + "\n"), Lines{});
  EXPECT_EQ(check_sentences({.path = "core/wal/a.cc", .text = "//" + words(26)}).size(), 0U);
  EXPECT_EQ(check_sentences({.path = "tests/a.h", .text = "//" + words(26)}).size(), 0U);
}

// Goal: retired names stay retired. Method: one as a type, as a function, as a file; then the same name in prose, in a
// longer name, and outside of the part of the tree that gave it up. Expectation: the first three are named.
TEST(TidyRules, retired) {
  EXPECT_EQ(listed(check_retired({.path = "sim/run/a.cc", .text = "int x;\nclass Universe;\n"})),
            "sim/run/a.cc:2: Universe is retired; the name is RunState\n");
  EXPECT_EQ(lines(check_retired({.path = "sim/oracle/a.cc", .text = "judge(x);\n"})), Lines{1});
  EXPECT_EQ(lines(check_retired({.path = "sim/run/walk.cc", .text = ""})), Lines{1});
  EXPECT_EQ(lines(check_retired({.path = "sim/run/a.cc", .text = "// the Universe\nUniverses u; f(\"Universe\");\n"})),
            Lines{});
  EXPECT_EQ(lines(check_retired({.path = "core/tool/a.cc", .text = "judge(x);\n"})), Lines{});
}

// Goal: nothing undone, nothing of one machine. Method: planted words, spelled in halves here.
TEST(TidyRules, text) {
  const auto complaints = [](const std::string& text) {
    return lines(check_text({.path = "tests/a.sh", .text = text}));
  };
  EXPECT_EQ(complaints(std::string("fine\n# TO") + "DO later\n"), Lines{2});
  EXPECT_EQ(complaints(std::string("# FIX") + "ME\n"), Lines{1});
  EXPECT_EQ(complaints(std::string("cd /ho") + "me/me\n"), Lines{1});
  EXPECT_EQ(complaints("mastodon network/root.h\n"), Lines{});
}

// Goal: no file is forgotten. Method: a header nobody includes, a source without a header, an unknown folder.
TEST(TidyRules, dead_files) {
  const std::vector<Source> sources = {
      {.path = "core/wal/used.h", .text = "// a\n"},
      {.path = "core/wal/used.cc", .text = including("\"core/wal/used.h\"")},
      {.path = "core/wal/dead.h", .text = "// a\n"},
      {.path = "core/wal/used_by_parts.cc", .text = ""},
      {.path = "core/wal/lonely.cc", .text = ""},
      {.path = "core/sst/used_elsewhere.cc", .text = ""},
      {.path = "core/tool/main.cc", .text = ""},
  };
  EXPECT_EQ(listed(check_dead_files(sources)),
            "core/wal/dead.h:1: nobody includes this header\n"
            "core/wal/lonely.cc:1: a source of the engine without its header\n"
            "core/sst/used_elsewhere.cc:1: a source of the engine without its header\n");
  EXPECT_EQ(listed(check_top_level({".git", "build", "core", "src"})),
            "src:0: not one of the agreed top-level folders\n");
}

// Goal: all rules run over a tree, C++ rules over C++ only. Method: one file of each with a violation of each.
TEST(TidyRules, all_are_run) {
  const std::string sentence = "// a b c d e f g h i j k l m n o p q r s t u v w x y z\n";
  const std::vector<Source> sources = {
      {.path = "core/wal/a.h",
       .text = "#include \"sim/a.h\"\n" + sentence + "std::mutex m; // TO" + "DO\nvoid f() {" + std::string(500, '\n') +
               "}"},
      {.path = "tests/a.sh", .text = std::string("# TO") + "DO std::mutex\n"},
  };
  // dead, undone, arrow, ban, file, function, opening, pragma, sentence; undone.
  EXPECT_EQ(check_all(sources).size(), 10U);
}

}  // namespace
}  // namespace mylonite::tidy
