#include "core/store/checkpoint.h"

#include <memory>
#include <utility>
#include <vector>

#include "core/format/file_names.h"
#include "core/vfs/path.h"

namespace mylonite {
namespace {

Status link_tables(const EngineState& state, const Version& version, const std::string& directory) {
  for (const TableInfo* table : version.tables()) {
    const std::string name = table_name(table->number);
    if (Status done = state.fs.link(state.directory + "/" + name, directory + "/" + name); !done.ok()) return done;
  }
  return state.fs.sync_directory(directory);
}

Status fill(const EngineState& state, Version version, const std::string& directory) {
  if (Status done = link_tables(state, version, directory); !done.ok()) return done;
  const FileNumber manifest = state.catalog->new_file_number();
  version.next_file = FileNumber{manifest.value + 1};
  version.first_log = version.next_file;
  const auto made = Manifest::create(state.fs, directory, manifest, version);
  if (!made.ok()) return made.error();
  return state.fs.sync_directory(std::string(vfs::parent_of(directory)));
}

void take_back(vfs::FileSystem& fs, const std::string& directory) {
  const auto names = fs.list(directory);
  if (!names.ok()) return;
  for (const std::string& name : *names) ignore(fs.remove(directory + "/" + name), "the first error is the one told");
  ignore(fs.remove_directory(directory), "the first error is the one told");
}

}  // namespace

Status make_checkpoint(const EngineState& state, const std::string& directory) {
  // The view holds the tables, so their files stay.
  const Catalog::View held = state.catalog->view();
  if (Status done = state.fs.make_directory(directory); !done.ok()) return done;
  Status done = fill(state, *held.version, directory);
  if (!done.ok()) take_back(state.fs, directory);
  return done;
}

}  // namespace mylonite
