// Runs the program `mylonite` and returns what it said. MYLONITE_PROGRAM is its path (see CMakeLists.txt).
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

#include "core/base/invariant.h"
#include "tests/support/scratch.h"

namespace mylonite::testing {

struct Ran {
  int exit = -1;
  std::string out;
  std::string err;
};

// `words[0]` is searched in PATH.
inline Ran run_program(std::vector<std::string> words, std::string_view input = "") {
  const Scratch scratch;
  write_bytes(scratch.path("in"), input);
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  posix_spawn_file_actions_t streams;
  posix_spawn_file_actions_init(&streams);
  posix_spawn_file_actions_addopen(&streams, STDIN_FILENO, scratch.path("in").c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&streams, STDOUT_FILENO, scratch.path("out").c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&streams, STDERR_FILENO, scratch.path("err").c_str(), O_WRONLY | O_CREAT, 0600);
  pid_t child = -1;
  const int failed = ::posix_spawnp(&child, argv[0], &streams, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&streams);
  if (failed != 0) return {.exit = 127, .out = "", .err = words[0] + " does not start"};
  int status = 0;
  invariant(::waitpid(child, &status, 0) == child, "the program can be waited for");
  return {.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          .out = bytes_of(scratch.path("out")),
          .err = bytes_of(scratch.path("err"))};
}

inline Ran run_tool(std::vector<std::string> words, std::string_view input = "") {
  words.insert(words.begin(), MYLONITE_PROGRAM);
  return run_program(std::move(words), input);
}

// By a shell, in which $M is the program: for pipes and closed streams.
inline Ran run_shell(const std::string& script) {
  return run_program({"sh", "-c", "M='" MYLONITE_PROGRAM "'\n" + script});
}

}  // namespace mylonite::testing
