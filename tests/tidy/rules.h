// The rules of the house as functions: text in, violations out. The test runs them over the tree, and over planted
// violations, because a rule that cannot fail holds nothing.
//
// Layering (who may include whom) is a table in rules.cc, the one place where the arrows of ARCHITECTURE.md are code.
// Paths are relative to the root of the repository. The rules read text only: they do not parse C++ (see text.h) and
// do not check what clang-format and clang-tidy check.
// Thread-safety: pure functions.
#pragma once

#include <string>
#include <vector>

namespace mylonite::tidy {

struct Source {
  std::string path;
  std::string text;
};

struct Violation {
  std::string path;
  int line = 0;
  std::string what;
  std::string to_string() const;  // "core/wal/writer.cc:12: ..."
};
using Violations = std::vector<Violation>;

// Of one C++ file:
Violations check_includes(const Source& source);   // arrows between rooms; spelled from the root; heavy headers
Violations check_bans(const Source& source);       // threads, clocks, files, randomness outside the seams; macros
Violations check_size(const Source& source);       // lines of the file and of each function; of Python files the former
Violations check_header(const Source& source);     // opening comment, #pragma once, thread-safety of classes
Violations check_locks(const Source& source);      // what each member of a class with a mutex is guarded by
Violations check_sentences(const Source& source);  // how long the sentences are in the comments of a header

// Of one C++ file: retired names of types, functions and the file itself (tests/tidy/retired.cc). Prose keeps its
// words.
Violations check_retired(const Source& source);

// Of any text file: work left undone, paths of one machine.
Violations check_text(const Source& source);

// Of the whole tree: what a file reaches through the files that it includes; headers nobody includes, sources without
// a header, entries at the top level.
Violations check_reach(const std::vector<Source>& sources);
Violations check_dead_files(const std::vector<Source>& sources);
Violations check_top_level(const std::vector<std::string>& folders);

Violations check_all(const std::vector<Source>& sources);  // every rule above but the last

}  // namespace mylonite::tidy
