// Trees as text, for tests of what looks at shapes.
//
//   level 0: run 9 = 9:a-m:100 run 7 = 7:c-z):100:5     tables NUMBER:LOW-HIGH[)]:BYTES[:OLDEST TOMBSTONE][:TOMBSTONES]
//                                                       [:OLDEST:NEWEST], stamps
//   running 12: level 1 run 3 tables 4 5 -> level 2 run 2
//
// `)`: the last key is excluded, as where a range delete ends. Tables hold 10 entries.
#pragma once

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <mylonite/compaction_job.h>

#include "core/compaction/legality.h"
#include "core/format/internal_key.h"
#include "core/version/version.h"

namespace mylonite::testing {

inline TableInfo table_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> parts;
  for (std::string part; std::getline(in, part, ':');) parts.push_back(part);
  TableInfo info;
  info.number = FileNumber{std::stoull(parts.at(0))};
  const std::string low = parts.at(1).substr(0, parts[1].find('-'));
  std::string high = parts[1].substr(parts[1].find('-') + 1);
  const bool excluded = high.ends_with(')');
  if (excluded) high.pop_back();
  info.smallest = internal_key(low, Timestamp{9}, Kind::kPut);
  info.largest = internal_key(high, Timestamp{1}, Kind::kPut);
  if (excluded) {
    info.largest.clear();
    append_internal_key(info.largest, high, kBorderTrailer);
  }
  info.file_bytes = std::stoull(parts.at(2));
  info.entries = 10;
  if (parts.size() > 3) info.oldest_tombstone = Timestamp{std::stoull(parts[3])};
  if (parts.size() > 4) info.tombstones = std::stoull(parts[4]);
  if (parts.size() > 6) {
    info.oldest = Timestamp{std::stoull(parts[5])};
    info.newest = Timestamp{std::stoull(parts[6])};
  }
  return info;
}

// One "level" line into the edit.
inline void add_level(VersionEdit& edit, const std::string& line) {
  std::istringstream in(line);
  std::string word;
  VersionEdit::Added added;
  in >> word >> added.level >> word;
  while (in >> word) {
    if (word == "run") {
      in >> added.run.value >> word;
    } else {
      added.table = table_of(word);
      edit.added.push_back(added);
    }
  }
}

inline RunningJob running_of(const Version& version, const std::string& line) {
  std::istringstream in(line);
  std::string word;
  std::uint64_t id = 0;
  in >> word >> id >> word;
  CompactionJob job;
  while (in >> word && word == "level") {
    CompactionInput input;
    in >> input.level >> word >> input.run.value >> word;
    std::streampos before = in.tellg();
    for (std::uint64_t number = 0; in >> number; before = in.tellg()) input.tables.push_back(FileNumber{number});
    in.clear();
    in.seekg(before);
    job.inputs.push_back(std::move(input));
  }
  RunId into;
  in >> word >> job.to_level >> word >> into.value;
  job.into = into;
  return start_job(version.levels, job, id);
}

inline Version version_of(const VersionEdit& edit) {
  VersionEdit whole = edit;
  whole.next_file = FileNumber{1'000'000};
  auto version = apply({}, whole);
  EXPECT_TRUE(version.ok()) << version.error().to_string();
  return version.ok() ? *version : Version();
}

inline Version tree(const std::string& lines) {
  VersionEdit edit;
  std::istringstream in(lines);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) add_level(edit, line);
  }
  return version_of(edit);
}

inline std::string text_of(const CompactionJob& job) {
  std::ostringstream out;
  out << (job.expire ? "expire" : job.move ? "move" : "merge");
  for (const CompactionInput& input : job.inputs) {
    out << " level " << input.level << " run " << input.run.value << " tables";
    for (FileNumber number : input.tables) out << ' ' << number.value;
  }
  if (job.expire) return out.str();
  out << " -> level " << job.to_level;
  if (job.into) {
    out << " run " << job.into->value;
  } else {
    out << " new run";
  }
  if (!job.cuts.empty()) out << " cut at";
  for (const std::string& key : job.cuts) out << ' ' << key;
  return out.str();
}

}  // namespace mylonite::testing
