// Reads the axes of a grid or a search.
#pragma once

#include <string>
#include <vector>

#include "scenario/keys/key_table.hpp"
#include "scenario/sweep/sweep_file.hpp"

namespace idlewatt {

/// The largest number of choices of one axis.
inline constexpr std::size_t kMostChoices = 100'000;

/// The form of an axis.
Form axis_form();

/// Reads a map of axes by name. Each axis is one of
///   path: [value, ...]                                     a field and its values
///   path: {from: 1, to: 9, step: 2}                        the same as a range, linear
///   path: {from: 0.1 s, to: 10 s, points: 5, scale: log}   or logarithmic
///   name: {path: [path, ...], values: [...]}               a name of its own; several fields with the same value
///   name: {zip: {path: [...], path: [...]}}                fields that change together
///   name: {choice: {path: value, ...}, choice: {...}}      named sets of overrides
///   variant: [name, ...] or all                            variants of the base, which are `variants`
/// Throws InputError.
std::vector<SweepAxis> read_axes(const YamlNode& node, const std::vector<YamlEntry>& variants);

/// Parses one axis from the command line: "pools.chat.precision=bf16,int8", "...=[a, b]" or "...={from: 1, to: 9, step:
/// 2}". Throws InputError.
SweepAxis parse_axis(const std::string& option, const std::string& text, const std::vector<YamlEntry>& variants);

}  // namespace idlewatt
