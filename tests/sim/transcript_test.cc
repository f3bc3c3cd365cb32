#include "sim/run/transcript.h"

#include <gtest/gtest.h>

#include <string>

namespace mylonite::sim {
namespace {

std::string text_of(const Transcript& transcript) {
  std::string text;
  for (const std::string& line : transcript.lines()) text += line + "\n";
  return text;
}

void call(Transcript& transcript, const std::string& who, const std::string& what, const std::string& remark = "") {
  transcript.call({.fiber = who == "main" ? 1 : 5, .who = who, .file = "a.log", .what = what, .remark = remark});
}

Transcript one_incarnation(std::size_t lines_most) {
  Transcript transcript(lines_most);
  transcript.heading("incarnation 1");
  for (int i = 0; i < 12; ++i) call(transcript, "main", "sync_directory");
  transcript.opened("opened: nothing");
  transcript.begins(5, "client 1", "put 'a'");
  call(transcript, "client 1", "append 4 B");
  call(transcript, "client 1", "sync", "EIO");
  call(transcript, "client 1", "sync");
  transcript.returned(5, "client 1", "put: stamp 7");
  transcript.begins(5, "client 1", "get 'a'");
  transcript.returned(5, "client 1", "get: stamp 7");
  return transcript;
}

// Goal: calls that follow one another share a line, and so do an operation and its answer. What is unusual ends a line.
TEST(TranscriptTest, SharesLines) {
  const std::string text = text_of(one_incarnation(100));
  EXPECT_NE(text.find("== incarnation 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("client 1: a.log append 4 B, sync  -> EIO\n"), std::string::npos) << text;
  EXPECT_NE(text.find("client 1: a.log sync\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  client 1  put 'a' …\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  client 1  put: stamp 7\n"), std::string::npos) << text;
  EXPECT_NE(text.find("  client 1  get 'a' → stamp 7\n"), std::string::npos) << text;
  for (const std::string& line : one_incarnation(100).lines()) EXPECT_LE(line.size(), 120U) << line;
}

// Goal: a story that is too long gets coarser before its beginning goes. Method: fewer and fewer lines.
TEST(TranscriptTest, GetsCoarser) {
  const std::size_t all = one_incarnation(100).lines().size();
  const std::string coarser = text_of(one_incarnation(all - 1));
  EXPECT_NE(coarser.find("main: 12 file calls of the open\n"), std::string::npos) << coarser;
  EXPECT_NE(coarser.find("client 1: a.log append 4 B, sync  -> EIO\n"), std::string::npos) << coarser;
  const auto last = one_incarnation(3).lines();
  ASSERT_EQ(last.size(), 3U);
  EXPECT_EQ(last[0], "… 6 lines before");
  EXPECT_EQ(last[2], "  client 1  get 'a' → stamp 7");
}

}  // namespace
}  // namespace mylonite::sim
