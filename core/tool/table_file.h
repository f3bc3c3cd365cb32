// A table's file, opened without the manifest. It can be read also if no manifest lists it, or none is readable.
//
// The facts come from the file itself; only their checksums and form are checked. Errors name file and offset.
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
  TableInfo own;  // the facts from the file
  Footer footer;

  TableFile view() const { return {.file = *file, .name = name, .expected = own}; }
};

Result<OpenTableFile> open_table_file(const StoreDirectory& store, FileNumber number);

// The table's place in the manifest; `info` null: not listed.
struct Listed {
  std::size_t level = 0;
  RunId run;
  const TableInfo* info = nullptr;  // borrowed from the version
};
Listed find_listed(const Version& version, FileNumber number);

}  // namespace mylonite::tool
