// `mylonite inspect tree`: levels, runs and tables as a picture. Reads the manifest only.
//
// A table's bar shows its key range in the whole key space. Columns stand for ranks, not for bytes: all borders of all
// tables are sorted, and each of the 40 columns takes an equal share of them. So tables that meet or overlap do so in
// the picture (to a column), whatever keys look like; gaps are as wide as they hold borders.
// Thread-safety: pure functions; a KeySpace is immutable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/status.h"
#include "core/tool/output.h"
#include "core/tool/place.h"
#include "core/version/version.h"

namespace mylonite::tool {

// Where keys stand among the borders of a version's tables. Borrows from the version.
class KeySpace {
 public:
  static constexpr std::size_t kColumns = 40;

  explicit KeySpace(const Version& version);
  std::size_t borders() const { return borders_.size(); }
  std::string bar(const TableInfo& table) const;  // kColumns cells

 private:
  std::size_t column(std::string_view user_key) const;

  std::vector<std::string_view> borders_;  // user keys, ascending
};

std::string tree_text(const Version& version, const Form& form);
std::string tree_json(const Version& version, const Form& form);  // one line a table

Status inspect_tree(const Place& place, const Form& form);

}  // namespace mylonite::tool
