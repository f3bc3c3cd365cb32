#include "core/store/new_tables.h"

#include "core/format/file_names.h"

namespace mylonite {

RunTarget NewTables::target(std::uint64_t filter_rate) {
  return {.fs = state_.fs,
          .directory = state_.directory,
          .options = state_.options,
          .new_file_number =
              [this] {
                created_.push_back(state_.catalog->new_file_number());
                return created_.back();
              },
          .filter_rate = filter_rate,
          .give_up = &state_.gives_up_tables};
}

void NewTables::remove() {
  for (FileNumber unused : created_) {
    ignore(state_.fs.remove(state_.directory + "/" + table_name(unused)), "the next open removes it");
  }
}

}  // namespace mylonite
