// A program of a few commands, run in this process: what it says, and its exit codes.
#include "core/cli/program.h"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "core/cli/output.h"

namespace mylonite::cli {
namespace {

// What `parse` fills.
struct Values {
  std::string word = "usual";
  std::optional<std::string> second{};
  std::uint64_t count = 3;
  std::optional<std::uint64_t> stamp{};
  std::vector<std::string> names = {"a", "b"};
  std::vector<std::uint64_t> sizes{};
  std::uint64_t room = 1;
  bool json = false;
  std::vector<std::string> settings{};
  bool flag = false;
  std::optional<bool> choice{};
  std::vector<std::string> given{};
};

Program program_of(Values& values) {
  Program program{.name = "prog",
                  .what = "prog: for tests",
                  .example = "prog parse x",
                  .groups = {{.name = "group", .what = "commands of two words"}},
                  .commands = {}};
  program.commands = {
      {.name = "parse",
       .what = "take every kind of parameter",
       .example = "prog parse x --count 4",
       .parameters = {{.name = "WORD", .to = &values.word, .required = true},
                      {.name = "SECOND", .to = &values.second, .offer = Offer::kFiles},
                      {.name = "--count",
                       .to = &values.count,
                       .meaning = "how many",
                       .has_default = true,
                       .range = Range{.low = 1, .high = 9}},
                      {.name = "--stamp", .to = &values.stamp, .type = "STAMP"},
                      {.name = "--names", .to = &values.names, .has_default = true},
                      {.name = "--sizes", .to = &values.sizes, .excludes = "--stamp"},
                      {.name = "--set", .to = &values.settings, .repeats = true},
                      {.name = "--room", .to = &values.room, .range = Range{.low = 1, .high = 1 << 20}, .size = true},
                      {.name = "--json", .to = &values.json},
                      {.name = "--unused", .to = &values.json, .hidden = true},
                      {.name = "--flag", .to = &values.flag, .given = &values.given},
                      {.name = "--yes", .to = Switch{.to = &values.choice, .value = true}, .given = &values.given},
                      {.name = "--no", .to = Switch{.to = &values.choice, .value = false}}},
       .run = [] { return Exit::kDone; }},
      {.name = "group absent",
       .what = "find nothing",
       .example = "prog group absent",
       .parameters = {},
       .run = [] { return Exit::kFinding; }},
      {.name = "group damaged",
       .what = "fail",
       .example = "prog group damaged",
       .parameters = {},
       .run = [] { return Error(Code::kCorruption, "bad bytes").in("file", 7); }},
      {.name = "group stuck",
       .what = "fail, and know more",
       .example = "prog group stuck",
       .parameters = {},
       .run =
           [] {
             Ending ending = Error(Code::kCorruption, "bad bytes");
             ending.next = "make it again";
             return ending;
           }},
      {.name = "print",
       .what = "print a lot",
       .example = "prog print",
       .parameters = {},
       .run = []() -> Ending {
         for (int i = 0; i < 100'000; ++i) {
           if (Status done = print("a line\n"); !done.ok()) return done;
         }
         return Exit::kDone;
       }},
      {.name = "inner",
       .what = "for itself",
       .example = "prog inner",
       .parameters = {},
       .run = [] { return Exit::kDone; },
       .hidden = true},
  };
  program.next_step = [](const Error& error) {
    return std::string(error.code() == Code::kCorruption ? "copy it first" : "");
  };
  return program;
}

struct Said {
  int code = -1;
  std::string out;
  std::string err;
};

Said run(std::vector<const char*> words, Values& values) {
  words.insert(words.begin(), "prog");
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int code = run_program(program_of(values), static_cast<int>(words.size()), words.data());
  return {.code = code, .out = testing::internal::GetCapturedStdout(), .err = testing::internal::GetCapturedStderr()};
}

Said run(std::vector<const char*> words) {
  Values values;
  return run(std::move(words), values);
}

// Goal: values reach their targets, and absent ones leave them. Method: every kind given, then none.
TEST(CliProgram, Values) {
  Values given;
  const Said said = run({"parse", "x", "y", "--count", "9", "--names", "c,d", "--sizes", "1,2", "--set", "a=1", "--set",
                         "b=2,3", "--flag", "--no"},
                        given);
  EXPECT_EQ(said.code, 0) << said.err;
  EXPECT_EQ(given.word, "x");
  EXPECT_EQ(given.second, "y");
  EXPECT_EQ(given.count, 9U);
  EXPECT_EQ(given.names, (std::vector<std::string>{"c", "d"}));
  EXPECT_EQ(given.sizes, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(given.settings, (std::vector<std::string>{"a=1", "b=2,3"}));
  EXPECT_TRUE(given.flag);
  EXPECT_EQ(given.choice, false);
  EXPECT_EQ(given.given, std::vector<std::string>{"--flag"});
  Values absent;
  EXPECT_EQ(run({"parse", "x"}, absent).code, 0);
  EXPECT_EQ(absent.second, std::nullopt);
  EXPECT_EQ(absent.count, 3U);
  EXPECT_EQ(absent.names.size(), 2U);
  EXPECT_EQ(absent.choice, std::nullopt);
  EXPECT_TRUE(absent.given.empty());
}

// Goal: a mistake is answered in one form, with what was expected. Method: one of each kind. Expectation: exit 2, the
// program's name and the culprit, the way to help, nothing on standard output.
TEST(CliProgram, Mistakes) {
  const std::pair<std::vector<const char*>, std::string> mistakes[] = {
      {{}, "expected a command: parse, print, group, help, completions, man"},
      {{"pares"}, "no command is named 'pares'; did you mean 'parse'?"},
      {{"wholly-other"}, "no command is named 'wholly-other'; there are: parse, print, group, help, completions, man"},
      {{"group", "damagd"}, "no command is named 'group damagd'; did you mean 'group damaged'?"},
      {{"absent"}, "no command is named 'absent'; did you mean 'group absent'?"},
      {{"help", "pares"}, "no command is named 'pares'; did you mean 'parse'?"},
      {{"parse", "x", "--conut", "4"}, "`prog parse` has no option --conut; did you mean --count?"},
      {{"parse", "x", "--conut=4"}, "`prog parse` has no option --conut; did you mean --count?"},
      {{"parse", "--flga"}, "`prog parse` has no option --flga; did you mean --flag?"},
      {{"group", "stuck", "--hepl"}, "`prog group stuck` has no option --hepl; did you mean --help?"},
      {{"parse", "x", "y", "--", "--count"}, "--count"},
      {{"group"}, "`group`: expected one of absent, damaged, stuck"},
      {{"group", "x"}, "`group x`: expected one of absent, damaged, stuck"},
      {{"absent"}, "no command is named 'absent'"},
      {{"parse"}, "WORD"},
      {{"parse", "x", "--count", "10"}, "--count"},
      {{"parse", "x", ""}, "SECOND: expected a path, found an empty text"},
      {{"parse", "x", "--count", "many"}, "many"},
      {{"parse", "x", "--colour"}, "--colour"},
      {{"parse", "x", "--stamp", "1", "--sizes", "1"}, "excludes"},
      {{"--colour"}, "`prog` has no option --colour; it has --help, --version"},
  };
  for (const auto& [words, says] : mistakes) {
    const Said said = run(words);
    EXPECT_EQ(said.code, 2) << says;
    EXPECT_TRUE(said.err.starts_with("prog: invalid argument: ")) << said.err;
    EXPECT_NE(said.err.find(says), std::string::npos) << said.err;
    EXPECT_TRUE(said.err.ends_with("\n  `prog --help` and `prog COMMAND --help` show what is expected\n")) << said.err;
    EXPECT_EQ(said.out, "");
  }
}

// Goal: a number that is none, or too large, is never taken for another. Method: signs, 2^64, fractions, hex, for each
// kind of target. Expectation: exit 2 with the allowed range and what was found; the largest number is taken.
TEST(CliProgram, NumbersDoNotWrap) {
  const std::string all = "expected a whole number from 0 to 18446744073709551615, found '";
  for (const std::string text : {"-1", "+1", "18446744073709551616", "1.5", "0x10", "1e3", ""}) {
    const Said stamp = run({"parse", "x", "--stamp", text.c_str()});
    EXPECT_EQ(stamp.code, 2) << text;
    EXPECT_NE(stamp.err.find("--stamp: " + all + text + "'"), std::string::npos) << stamp.err;
    const Said count = run({"parse", "x", "--count", text.c_str()});
    EXPECT_EQ(count.code, 2) << text;
    EXPECT_NE(count.err.find("--count: expected a whole number from 1 to 9, found '" + text), std::string::npos)
        << count.err;
  }
  const Said sizes = run({"parse", "x", "--sizes", "1,-2"});
  EXPECT_EQ(sizes.code, 2);
  EXPECT_NE(sizes.err.find("--sizes: " + all + "-2'"), std::string::npos) << sizes.err;
  Values largest;
  EXPECT_EQ(run({"parse", "x", "--stamp", "18446744073709551615"}, largest).code, 0);
  EXPECT_EQ(largest.stamp, UINT64_MAX);
}

// Goal: sizes in bytes are taken as people write them. Method: units, plain digits, then overflow and rubbish, and a
// size beyond the range. Expectation: binary units; exit 2 with what was expected and found.
TEST(CliProgram, Sizes) {
  for (const auto& [text, bytes] : {std::pair{"4k", 4096U}, {"1M", 1U << 20}, {"1m", 1U << 20}, {"77", 77U}}) {
    Values values;
    EXPECT_EQ(run({"parse", "x", "--room", text}, values).code, 0) << text;
    EXPECT_EQ(values.room, bytes) << text;
  }
  for (const char* text : {"", "k", "4kB", "4 k", "-4k", "1.5M", "4q", "0x4k", "4kk"}) {
    const Said said = run({"parse", "x", "--room", text});
    EXPECT_EQ(said.code, 2) << text;
    EXPECT_NE(said.err.find(std::string("--room: expected a whole number of bytes, or one with k, M, G or T (1k is "
                                        "1024), found '") +
                            text + "'"),
              std::string::npos)
        << said.err;
  }
  EXPECT_NE(run({"parse", "x", "--room", "16777216T"}).err.find("up to 18446744073709551615"), std::string::npos);
  EXPECT_NE(run({"parse", "x", "--room", "2M"}).err.find("from 1 to 1048576, found '2097152'"), std::string::npos);
  EXPECT_NE(run({"parse", "--help"}).out.find("SIZE: bytes, or a number with k, M, G or T"), std::string::npos);
  EXPECT_EQ(run({"group", "stuck", "--help"}).out.find("SIZE"), std::string::npos);
}

// Goal: a program that reads JSON gets errors as JSON. Method: a mistake and a failure, with --json; a key of that name
// behind "--". Expectation: one object on standard error, the same exit code.
TEST(CliProgram, ErrorsAsJson) {
  const Said mistake = run({"parse", "x", "--json", "--conut", "4"});
  EXPECT_EQ(mistake.code, 2);
  EXPECT_EQ(mistake.err,
            R"({"error":{"code":"invalid argument","message":"`prog parse` has no option --conut; did you mean )"
            R"(--count?","next":"`prog --help` and `prog COMMAND --help` show what is expected","exit":2}})"
            "\n");
  const Said damaged = run({"group", "damaged", "--json"});  // which does not take it
  EXPECT_EQ(damaged.code, 2);
  EXPECT_TRUE(damaged.err.starts_with(R"({"error":{)")) << damaged.err;
  EXPECT_TRUE(run({"parse", "x", "y", "--", "--json"}).err.starts_with("prog: ")) << damaged.err;
}

// Goal: an error is named with its place and the next step, a code without error stays silent. Method: one command of
// each. Expectation: exit 5 and two lines, with the command's own step if it has one; exit 1 and none.
TEST(CliProgram, Errors) {
  const Said damaged = run({"group", "damaged"});
  EXPECT_EQ(damaged.code, 5);
  EXPECT_EQ(damaged.err, "prog: corruption: file at byte 7: bad bytes\n  copy it first\n");
  EXPECT_EQ(run({"group", "stuck"}).err, "prog: corruption: bad bytes\n  make it again\n");
  const Said absent = run({"group", "absent"});
  EXPECT_EQ(absent.code, 1);
  EXPECT_EQ(absent.out + absent.err, "");
}

// Goal: help is to be had everywhere, with an example; hidden commands run and are not listed. Method: the program, a
// group, a command. Expectation: exit 0, nothing on standard error.
TEST(CliProgram, Help) {
  const Said top = run({"--help"});
  EXPECT_EQ(top.code, 0);
  EXPECT_EQ(top.err, "");
  EXPECT_NE(top.out.find("Example:\n  prog parse x\n"), std::string::npos) << top.out;
  EXPECT_NE(top.out.find("\n  group "), std::string::npos) << top.out;
  EXPECT_EQ(top.out.find("inner"), std::string::npos) << top.out;
  EXPECT_EQ(run({"inner"}).code, 0);
  EXPECT_NE(run({"group", "--help"}).out.find("\n  damaged "), std::string::npos);
  const Said command = run({"parse", "--help"});
  EXPECT_NE(command.out.find("Example:\n  prog parse x --count 4\n"), std::string::npos) << command.out;
  EXPECT_NE(command.out.find("=3"), std::string::npos) << command.out;
  EXPECT_TRUE(run({"--version"}).out.starts_with("prog "));
}

// Goal: `help` is the option --help. Method: both forms, of the program, a group, and commands. Expectation: the same
// text, exit 0. An option without effect is in neither.
TEST(CliProgram, HelpAsACommand) {
  EXPECT_EQ(run({"help"}).out, run({"--help"}).out);
  EXPECT_EQ(run({"help", "parse"}).out, run({"parse", "--help"}).out);
  EXPECT_EQ(run({"help", "group"}).out, run({"group", "--help"}).out);
  EXPECT_EQ(run({"help", "group", "stuck"}).out, run({"group", "stuck", "--help"}).out);
  EXPECT_EQ(run({"help", "group", "stuck"}).code, 0);
  EXPECT_NE(run({"help", "group", "stuck"}).out.find("prog group stuck\n"), std::string::npos);
  EXPECT_EQ(run({"help", "parse"}).out.find("--unused"), std::string::npos);
  EXPECT_EQ(run({"parse", "x", "--unused"}).code, 0);
}

// Goal: nobody is told what he knows: that he closed the pipe. Method: a process that prints into a pipe without a
// reader. Expectation: it dies of SIGPIPE, as other tools do, and says nothing.
TEST(CliProgram, ClosedPipe) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  testing::internal::CaptureStderr();
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    Values values;
    const char* const words[] = {"prog", "print"};
    std::_Exit(run_program(program_of(values), 2, words));
  }
  ::close(ends[1]);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGPIPE) << status;
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

// Goal: each kind of error has its code. Method: some codes of each kind.
TEST(CliProgram, ExitCodes) {
  EXPECT_EQ(exit_for(Code::kInvalidArgument), Exit::kUsage);
  EXPECT_EQ(exit_for(Code::kAlreadyExists), Exit::kUsage);
  EXPECT_EQ(exit_for(Code::kNotAStore), Exit::kUnreadable);
  EXPECT_EQ(exit_for(Code::kUnsupported), Exit::kUnreadable);
  EXPECT_EQ(exit_for(Code::kLocked), Exit::kEnvironment);
  EXPECT_EQ(exit_for(Code::kNoSpace), Exit::kEnvironment);
}

}  // namespace
}  // namespace mylonite::cli
