#include "tests/tidy/rules.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "tests/tidy/text.h"

namespace mylonite::tidy {
namespace {

constexpr int kFileLines = 400;
constexpr int kFileLinesEver = 600;
constexpr int kFunctionLines = 70;
constexpr std::size_t kColumns = 120;

struct Exception {
  std::string_view path;  // a file, or a folder with its final '/'
  std::string_view why;
};

// Files of more than kFileLines that are one responsibility all the same.
constexpr std::array<Exception, 0> kLongFiles = {};

// Where the outside world may be touched.
constexpr std::array kWorld = {Exception{"core/rt/", "the seam: threads, clocks, entropy"},
                               Exception{"core/vfs/", "the seam: files"},
                               Exception{"core/cli/", "programs: the standard streams"},
                               Exception{"core/tool/", "a program: arguments, streams, the user's files"},
                               Exception{"sim/program/", "a program: host time, files of results, jobs"},
                               Exception{"sim/machine/fiber.cc", "stacks from the operating system"},
                               Exception{"sim/report/stack_text.cc", "names of this program's functions"},
                               Exception{"sim/machine/machine_heap.cc", "a machine's memory from the operating system"},
                               Exception{"faultfs/host_scope.h", "a thread's count, which operator new looks at"},
                               Exception{"experiments/", "programs: host time and files of results"},
                               Exception{"notebooks/python/src/", "a module: its host's threads and forks"},
                               Exception{"tests/", "tests drive the host"}};

// Where the preprocessor may decide. Everywhere else: #include, #pragma once and nothing more.
constexpr std::array kPreprocessor = {
    Exception{"core/base/hash.cc", "a processor's instruction for CRC-32C"},
    Exception{"core/mylonite/status.h", "a clear word to compilers that are too old"},
    Exception{"core/rt/capability.h", "clang's annotations of locks, which no other compiler knows"},
    Exception{"sim/machine/fiber.cc", "the switch of stacks is the processor's"},
    Exception{"sim/machine/fiber_fault.cc", "the registers in a signal's context are the processor's"},
    Exception{"sim/program/debugger.cc", "a breakpoint is an instruction of the processor"},
    Exception{"sim/machine/machine_heap.cc", "other addresses for a second simulator in a process"},
    Exception{"sim/machine/sanitizer.h", "the one place that asks which sanitizer is on"},
    Exception{"tests/", "rapidcheck and googletest are made of macros"}};

// Nobody's business outside kWorld: a simulation could not see or repeat it.
constexpr std::string_view kWorldTokens =
    "std::mutex std::recursive_mutex std::shared_mutex std::timed_mutex std::thread std::jthread "
    "std::this_thread std::condition_variable std::condition_variable_any std::async std::future "
    "std::promise std::counting_semaphore std::binary_semaphore std::latch std::barrier thread_local "
    "steady_clock system_clock high_resolution_clock clock_gettime gettimeofday std::time ::time std::clock "
    "random_device getenv std::filesystem <filesystem> <fstream> std::ifstream std::ofstream std::fstream "
    "fopen ::open openat ::read ::write ::close ::rename ::unlink ::mkdir pread pwrite fsync fdatasync "
    "ftruncate mmap nanosleep usleep pthread_create <unistd.h> <fcntl.h> <pthread.h> <sys/stat.h> "
    "<sys/mman.h> <sys/file.h>";

// Nowhere: differs between runs or standard libraries, or hides a failure.
constexpr std::string_view kNeverTokens =
    "std::unordered_map std::unordered_set std::unordered_multimap std::unordered_multiset rand srand "
    "std::mt19937 std::mt19937_64 std::default_random_engine std::minstd_rand std::shuffle std::sample "
    "assert <cassert> <assert.h>";

template <std::size_t N>
bool excepted(const std::array<Exception, N>& exceptions, std::string_view path) {
  return std::ranges::any_of(exceptions, [&](const Exception& exception) {
    return exception.path.ends_with('/') ? path.starts_with(exception.path) : path == exception.path;
  });
}

void add(Violations& found, const Source& source, int line, std::string what) {
  found.push_back({.path = source.path, .line = line, .what = std::move(what)});
}

void check_tokens(const Source& source, const std::string& code, std::string_view token, Violations& found) {
  for (std::size_t at : find_token(code, token)) {
    add(found, source, line_at(code, at), std::string(token) + " is banned here (tests/tidy/rules.cc)");
  }
}

// std:: distributions give other numbers with other standard libraries.
void check_distributions(const Source& source, const std::string& code, Violations& found) {
  constexpr std::string_view kSuffix = "_distribution";
  for (std::size_t at = code.find(kSuffix); at != std::string::npos; at = code.find(kSuffix, at + 1)) {
    std::size_t start = at;
    while (start > 0 && (is_word_character(code[start - 1]) || code[start - 1] == ':')) --start;
    if (!std::string_view(code).substr(start).starts_with("std::")) continue;
    add(found, source, line_at(code, at), code.substr(start, at - start) + "_distribution is banned: draw by Random");
  }
}

void check_directives(const Source& source, const std::string& code, Violations& found) {
  int line = 0;
  for (std::string_view text : lines_of(code)) {
    ++line;
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
    if (!text.starts_with('#')) continue;
    if (text.starts_with("#include") || text == "#pragma once" || text.starts_with("#pragma once ")) continue;
    add(found, source, line, "preprocessor beyond #include and #pragma once: list the file with a reason, or avoid it");
  }
}

}  // namespace

std::string Violation::to_string() const { return path + ":" + std::to_string(line) + ": " + what; }

Violations check_bans(const Source& source) {
  const std::string code = code_only(source.text);
  Violations found;
  for (std::string_view token : words_of(kNeverTokens)) check_tokens(source, code, token, found);
  check_tokens(source, code, "using namespace", found);
  check_distributions(source, code, found);
  if (!excepted(kWorld, source.path)) {
    for (std::string_view token : words_of(kWorldTokens)) check_tokens(source, code, token, found);
  }
  if (!excepted(kPreprocessor, source.path)) check_directives(source, code, found);
  return found;
}

// Characters, of which UTF-8 continues those that begin with the bits 10.
std::size_t columns_of(std::string_view line) {
  return static_cast<std::size_t>(std::ranges::count_if(line, [](char c) { return (c & 0xc0) != 0x80; }));
}

bool is_python(const Source& source) { return source.path.ends_with(".py") || source.path.ends_with(".pyi"); }

Violations check_size(const Source& source) {
  Violations found;
  int lines = 0;
  for (const std::string_view line : lines_of(source.text)) {
    ++lines;
    if (columns_of(line) > kColumns) add(found, source, lines, "more than " + std::to_string(kColumns) + " columns");
  }
  const int limit = excepted(kLongFiles, source.path) ? kFileLinesEver : kFileLines;
  if (lines > limit) {
    add(found, source, lines, "the file has " + std::to_string(lines) + " lines, more than " + std::to_string(limit));
  }
  if (is_python(source)) return found;
  for (const Function& function : functions_of(code_only(source.text))) {
    if (function.lines <= kFunctionLines) continue;
    add(found, source, function.line, "a function of " + std::to_string(function.lines) + " lines: " + function.head);
  }
  return found;
}

Violations check_header(const Source& source) {
  Violations found;
  if (!source.path.ends_with(".h")) return found;
  if (!source.text.starts_with("//")) add(found, source, 1, "does not open with a comment that says what it is");
  const std::string code = code_only(source.text);
  if (code.find("#pragma once") == std::string::npos) add(found, source, 1, "no #pragma once");
  std::string comments = comments_only(source.text);
  std::ranges::transform(comments, comments.begin(), [](unsigned char c) { return std::tolower(c); });
  const bool engine = source.path.starts_with("core/") || source.path.starts_with("faultfs/");
  const std::vector<std::size_t> classes = find_token(code, "class");
  const bool defines_class = std::ranges::any_of(classes, [&](std::size_t at) {
    const std::size_t line_start = at == 0 ? 0 : code.rfind('\n', at) + 1;
    const std::size_t stop = code.find_first_of(";{(", at);
    return line_start == at && stop != std::string::npos && code[stop] == '{';
  });
  if (engine && defines_class && comments.find("thread") == std::string::npos) {
    add(found, source, 1, "defines a class and does not say which threads may use it");
  }
  return found;
}

Violations check_text(const Source& source) {
  // Spelled in halves, so that this file passes.
  static const std::array<std::string, 4> kUndone = {std::string("TO") + "DO", std::string("FIX") + "ME",
                                                     std::string("XX") + "X", std::string("HA") + "CK"};
  static const std::array<std::string, 3> kMachinePaths = {std::string("/ho") + "me/", std::string("/ro") + "ot/",
                                                           std::string("/wo") + "rk/"};
  Violations found;
  for (const std::string& word : kUndone) {
    for (std::size_t at : find_token(source.text, word)) {
      add(found, source, line_at(source.text, at), word + ": do it, or write an issue");
    }
  }
  for (const std::string& path : kMachinePaths) {
    for (std::size_t at : find_token(source.text, path)) {
      add(found, source, line_at(source.text, at), "the path of one machine: " + path);
    }
  }
  return found;
}

Violations check_all(const std::vector<Source>& sources) {
  Violations found = check_dead_files(sources);
  const Violations reach = check_reach(sources);
  found.insert(found.end(), reach.begin(), reach.end());
  for (const Source& source : sources) {
    const bool cpp = source.path.ends_with(".h") || source.path.ends_with(".cc");
    std::vector<Violations (*)(const Source&)> rules = {check_text};
    if (is_python(source)) rules = {check_text, check_size};
    if (cpp)
      rules = {check_text,   check_includes, check_bans,  check_size,
               check_header, check_retired,  check_locks, check_sentences};
    for (const auto& rule : rules) {
      const Violations more = rule(source);
      found.insert(found.end(), more.begin(), more.end());
    }
  }
  return found;
}

}  // namespace mylonite::tidy
