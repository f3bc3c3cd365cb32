// Names in tables of rows with a `name`: the row of a name, or an error that helps. Thread-safety: pure functions.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <mylonite/status.h>

namespace mylonite {

// The name that differs least from the word, by one letter in three at most; empty: there is none.
std::string nearest_name(std::string_view word, std::span<const std::string_view> names);

// kInvalidArgument: no `what` is named so, with the nearest name or with all names.
Error unknown_name(std::string_view what, std::string_view word, std::span<const std::string_view> names);

template <class Rows>
std::vector<std::string_view> names_of(const Rows& rows) {
  std::vector<std::string_view> names;
  for (const auto& row : rows) names.push_back(row.name);
  return names;
}

// Errors: unknown_name.
template <class Rows>
auto row_named(std::string_view what, std::string_view word, const Rows& rows) -> Result<decltype(&*rows.begin())> {
  for (const auto& row : rows) {
    if (row.name == word) return &row;
  }
  return unknown_name(what, word, names_of(rows));
}

}  // namespace mylonite
