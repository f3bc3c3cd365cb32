// An edit as JSON behind its checksum, a whole manifest, and CURRENT.
#include <mylonite/faultfs/sim_file_system.h>

#include "core/version/edit_json.h"
#include "core/version/manifest.h"
#include "core/vfs/util.h"
#include "tests/fuzz/input.h"

namespace mylonite {
namespace {

// What is read is written alike, and applied or refused.
void read_edit(std::string_view json) {
  const auto edit = decode_edit(json);
  if (!edit.ok()) return;
  const auto again = decode_edit(encode_edit(*edit));
  fuzz::claim(again.ok() && *again == *edit);
  const auto version = apply(Version(), *edit);
  if (version.ok()) fuzz::claim(check_structure(*version).ok());
}

void load(const std::string& current, const std::string& manifest) {
  faultfs::Disk disk;
  faultfs::SimFileSystem fs(disk);
  fuzz::claim(fs.make_directory("db").ok());
  fuzz::claim(vfs::write_new_file(fs, "db/CURRENT", current).ok());
  fuzz::claim(vfs::write_new_file(fs, "db/manifest-1.jsonl", manifest).ok());
  const auto loaded = load_manifest(fs, "db");
  if (loaded.ok()) fuzz::claim(loaded->valid_bytes + loaded->dropped_bytes == manifest.size());
}

Version some_version() {
  Version version;
  version.next_file = FileNumber{9};
  version.first_log = FileNumber{4};
  version.durable_log = LogLength{.number = FileNumber{4}, .bytes = 400};
  return version;
}

struct Written {
  std::string current;
  std::string manifest;
};
Written write_manifest() {
  faultfs::Disk disk;
  faultfs::SimFileSystem fs(disk);
  fuzz::claim(fs.make_directory("db").ok());
  auto manifest = Manifest::create(fs, "db", FileNumber{1}, some_version());
  fuzz::claim(manifest.ok() && (*manifest)->append({.ceiling = Timestamp{900}}).ok());
  return {.current = vfs::read_whole_file(fs, "db/CURRENT").value(),
          .manifest = vfs::read_whole_file(fs, "db/manifest-1.jsonl").value()};
}

}  // namespace

namespace fuzz {

std::vector<std::string> seeds() {
  VersionEdit edit = some_version().snapshot();
  edit.removed = {FileNumber{3}};
  edit.jobs_kept = 2;
  edit.policy = PolicyState{};
  TableInfo table;
  table.number = FileNumber{5};
  table.smallest = "a12345678";
  table.largest = "b12345678";
  edit.added = {{.level = 1, .run = RunId{5}, .table = table}};
  const Written written = write_manifest();
  return {'\0' + encode_edit(edit), '\1' + written.manifest, '\2' + written.current};
}

}  // namespace fuzz

void read_one(std::string_view input) {
  static const Written kWritten = write_manifest();
  switch (fuzz::take_choice(input) % 3) {
    case 0: read_edit(input); break;
    case 1: load(kWritten.current, std::string(input)); break;
    default: load(std::string(input), kWritten.manifest);
  }
}

}  // namespace mylonite

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mylonite::read_one(mylonite::fuzz::view_of(data, size));
  return 0;
}
