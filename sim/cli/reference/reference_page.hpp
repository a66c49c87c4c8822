// The reference page of all keys, made from their tables.
#pragma once

#include <string>

#include "scenario/keys/key_table.hpp"

namespace idlewatt {

/// The keys of scenarios, workloads, grids, claims and catalogue files, as Markdown.
std::string reference_page();

/// The part of the page about one table: a heading of that level, help, an example, and a row for each key.
std::string reference_of(const KeyTable& table, int level);

}  // namespace idlewatt
