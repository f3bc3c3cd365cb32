// A table's file by itself: opened, and its own facts read from it, so that it can be looked at whether or not the
// manifest lists it or can be read.
//
// The facts are what the file says; only their checksums and form have been checked. Errors name file and offset.
// Thread-safety: a value; functions may run in any threads.
#pragma once

#include <memory>
#include <string>

#include <mylonite/status.h>

#include "core/sst/format.h"
#include "core/sst/table_metadata.h"
#include "core/tool/store_directory.h"
#include "core/version/version.h"

namespace mylonite::tool {

struct OpenTableFile {
  std::unique_ptr<vfs::File> file;
  std::string name;
  TableInfo own;  // what the file says of itself
  Footer footer;

  TableFile view() const { return {.file = *file, .name = name, .expected = own}; }
};

Result<OpenTableFile> open_table_file(const StoreDirectory& store, FileNumber number);

// Where the manifest has the table; null: nowhere.
struct Listed {
  std::size_t level = 0;
  RunId run;
  const TableInfo* info = nullptr;  // borrowed from the version
};
Listed find_listed(const Version& version, FileNumber number);

}  // namespace mylonite::tool
