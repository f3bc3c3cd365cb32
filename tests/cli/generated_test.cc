// What a program makes of its own table: completions, which a real bash runs, and the manual page, which groff reads.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "core/cli/completions.h"
#include "core/cli/manual.h"
#include "core/cli/own_commands.h"
#include "core/cli/program.h"
#include "tests/tool/run_tool.h"

namespace mylonite::cli {
namespace {

using testing::Ran;
using testing::run_program;
using testing::Scratch;

struct Values {
  std::string text{};
  std::vector<std::string> texts{};
  bool flag = false;
};

Program program_of(Values& values) {
  Program program{.name = "a-prog",
                  .what = "a-prog: for tests of \\ 'quotes', ` and .dots",
                  .example = "a-prog take x",
                  .more = ".a dot begins this line\n'and a quote this one, with … and ≤",
                  .groups = {{.name = "group", .what = "two words"}},
                  .commands = {}};
  program.commands = {
      {.name = "take",
       .what = "take a value",
       .example = "a-prog take x --mode fast \\\n  --flag",
       .parameters = {{.name = "WHERE", .to = &values.text, .offer = Offer::kDirectories},
                      {.name = "NAME", .to = &values.texts, .repeats = true, .words = {"tier", "lazy"}},
                      {.name = "--mode", .to = &values.text, .meaning = "how", .one_of = {"fast", "slow"}},
                      {.name = "--set", .to = &values.texts, .repeats = true, .words = {"first_bytes=", "second="}},
                      {.name = "--file", .to = &values.text, .offer = Offer::kFiles},
                      {.name = "--flag", .to = &values.flag},
                      {.name = "--unused", .to = &values.flag, .hidden = true}},
       .run = [] { return Exit::kDone; },
       .shared = Section{.title = "What is shared", .text = "  one (1): a line\n      0 to 2\n"}},
      {.name = "talk", .what = "say it", .example = "a-prog talk", .parameters = {}, .run = [] { return Exit::kDone; }},
      {.name = "group one",
       .what = "the first",
       .example = "a-prog group one",
       .parameters = {{.name = "--deep", .to = &values.flag}},
       .run = [] { return Exit::kDone; },
       .shared = Section{.title = "What is shared", .text = "  one (1): a line\n      0 to 2\n"}},
      {.name = "inner",
       .what = "hidden",
       .example = "a-prog inner",
       .parameters = {},
       .run = [] { return Exit::kDone; },
       .hidden = true}};
  program.exits = {{.code = Exit::kDone, .meaning = "done"}, {.code = Exit::kUsage, .meaning = "a slip"}};
  program.see_also = {"mylonite", "mylonite-sim"};
  return program;
}

// What bash offers for these words, the last of which is being typed. The words are as bash parts them.
std::string completed(const Scratch& scratch, const std::vector<std::string>& words) {
  Values values;
  OwnArguments own;
  Program program = program_of(values);
  add_own_commands(program, own);
  testing::write_bytes(scratch.path("completions"), bash_completions(program));
  std::string script = "cd '" + scratch.path("") + "'\n. ./completions\nCOMP_WORDS=(";
  for (const std::string& word : words) script += "'" + word + "' ";
  script += ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_a_prog\necho \"${COMPREPLY[@]}\"";
  const Ran ran = run_program({"bash", "--norc", "-uec", script});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
  return ran.out;
}

// Goal: bash completes every part of a command line. Method: source the script in a real bash, and call its function
// with the words of each kind. Expectation: exactly what may stand there.
TEST(Completions, InBash) {
  if (run_program({"bash", "--version"}).exit != 0) GTEST_SKIP() << "bash is not there";
  const Scratch scratch;
  ASSERT_EQ(::mkdir(scratch.path("some-dir").c_str(), 0700), 0);
  const std::pair<std::vector<std::string>, std::string> cases[] = {
      {{"a-prog", ""}, "take talk group help completions man"},
      {{"a-prog", "ta"}, "take talk"},
      {{"a-prog", "--"}, "--help --version"},
      {{"a-prog", "help", "gr"}, "group"},
      {{"a-prog", "help", "group", ""}, "one"},
      {{"a-prog", "group", ""}, "one"},
      {{"a-prog", "group", "one", "--"}, "--deep --help"},
      {{"a-prog", "nonsense", "--"}, ""},
      {{"a-prog", "take", "--"}, "--mode --set --file --flag --help"},
      {{"a-prog", "take", "so"}, "some-dir"},
      {{"a-prog", "take", "x", ""}, "tier lazy"},
      {{"a-prog", "take", "x", "tier", "l"}, "lazy"},
      {{"a-prog", "take", "--flag", "x", "ti"}, "tier"},
      {{"a-prog", "take", "--mode", ""}, "fast slow"},
      {{"a-prog", "take", "--mode", "=", "s"}, "slow"},
      {{"a-prog", "take", "--mode", "="}, "fast slow"},
      {{"a-prog", "take", "--mode", "fast", "x", "t"}, "tier"},
      {{"a-prog", "take", "--mode", "=", "fast", "x", "t"}, "tier"},
      {{"a-prog", "take", "--set", "f"}, "first_bytes="},
      {{"a-prog", "take", "--set", "first_bytes", "=", "6"}, ""},
      {{"a-prog", "take", "--set", "first_bytes", "=", "6", "x", "t"}, "tier"},
      {{"a-prog", "take", "x", "lazy", ":", "T"}, ""},
      {{"a-prog", "take", "--file", "comp"}, "completions"},
      {{"a-prog", "take", "--", "--fl"}, ""},
      {{"a-prog", "completions", ""}, "bash"},
  };
  for (const auto& [words, offers] : cases) {
    std::string line;
    for (const std::string& word : words) line += word + " ";
    EXPECT_EQ(completed(scratch, words), offers + "\n") << line;
  }
}

std::string page() {
  Values values;
  OwnArguments own;
  Program program = program_of(values);
  add_own_commands(program, own);
  return manual_page(program);
}

// Goal: the page has all of the table, and what several commands share once. Method: look into its text.
TEST(Manual, IsTheTable) {
  const std::string text = page();
  EXPECT_TRUE(text.starts_with(".TH A\\-PROG 1 ")) << text;
  for (const char* part : {".SS take\n", ".SS group one\n", ".SS man\n", "\\fB\\-\\-mode\\fR", "one of fast, slow",
                           ".SH WHAT IS SHARED\n", ".SH EXIT STATUS\n.TP\n0\ndone\n", "\\fBmylonite\\-sim\\fR(1)"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
  EXPECT_EQ(text.find(".SH WHAT IS SHARED"), text.rfind(".SH WHAT IS SHARED"));
  for (const char* absent : {"unused", "inner"}) EXPECT_EQ(text.find(absent), std::string::npos) << absent;
}

// Goal: the page is good roff. Method: groff with all warnings, on a table with every awkward character. Expectation:
// no warning, and the characters as they were.
TEST(Manual, RendersWithoutWarnings) {
  if (run_program({"groff", "--version"}).exit != 0) GTEST_SKIP() << "groff is not there";
  const Ran ran = run_program({"groff", "-man", "-Tutf8", "-ww", "-P-c"}, page());
  EXPECT_EQ(ran.exit, 0);
  EXPECT_EQ(ran.err, "");
  for (const char* part : {"for tests of \\ 'quotes', ` and .dots", ".a dot begins this line",
                           "'and a quote this one, with … and ≤", "a-prog take x --mode fast \\"}) {
    EXPECT_NE(ran.out.find(part), std::string::npos) << part << "\n" << ran.out;
  }
}

}  // namespace
}  // namespace mylonite::cli
