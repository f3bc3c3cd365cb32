#include "core/store/new_tables.h"

#include "core/format/file_names.h"

namespace mylonite {

RunTarget NewTables::target() {
  return {.fs = state_.fs,
          .directory = state_.directory,
          .options = state_.options,
          .new_file_number =
              [this] {
                created_.push_back(state_.catalog->new_file_number());
                return created_.back();
              },
          .give_up = &state_.gives_up_tables};
}

void NewTables::remove() {
  for (FileNumber unused : created_) {
    ignore(state_.fs.remove(state_.directory + "/" + table_name(unused)), "the next open removes it");
  }
}

}  // namespace mylonite
