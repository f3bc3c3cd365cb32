// The facts of a table: TableInfo computed from entries and range deletes. The builder and verify() use the same
// functions, so a fact means the same to both.
//
// They compute all but number, file_bytes and footer_hash. Count range deletes once, after all entries.
// Pure functions.
#pragma once

#include <string>
#include <string_view>

#include <mylonite/table_info.h>

#include "core/format/range_tombstones.h"

namespace mylonite {

TableInfo no_facts();  // of an empty table
void count_entry(TableInfo& info, std::string_view internal_key);
void count_range_deletes(TableInfo& info, const RangeTombstones& tombstones);

// The first fact in which the two differ, as text; empty when they differ at most in the number.
std::string difference(const TableInfo& expected, const TableInfo& found);

}  // namespace mylonite
