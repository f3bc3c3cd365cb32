// What a table's contents say of it: how TableInfo follows from entries and range deletes. The builder and verify()
// count with the same functions, so a fact means the same to both.
//
// All but number, file_bytes and footer_hash. Range deletes are counted once, after all entries.
// Pure functions.
#pragma once

#include <string>
#include <string_view>

#include <mylonite/table_info.h>

#include "core/format/range_tombstones.h"

namespace mylonite {

TableInfo no_facts();  // of a table without anything
void count_entry(TableInfo& info, std::string_view internal_key);
void count_range_deletes(TableInfo& info, const RangeTombstones& tombstones);

// Says the first fact in which the two differ; empty when they agree in everything but the number.
std::string difference(const TableInfo& expected, const TableInfo& found);

}  // namespace mylonite
