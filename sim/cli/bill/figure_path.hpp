// Paths of the figures that a result file records.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace idlewatt {

/// The entry that a figure belongs to: "l4-1" in "servers.l4-1.rent", for `kind` "servers" and `key` "rent". Nothing for
/// a figure of another kind or key.
inline std::optional<std::string> entry_of(std::string_view path, std::string_view kind, std::string_view key) {
  if (path.size() <= kind.size() + key.size() + 2 || !path.starts_with(kind) || path[kind.size()] != '.' ||
      !path.ends_with(key) || path[path.size() - key.size() - 1] != '.') {
    return std::nullopt;
  }
  return std::string(path.substr(kind.size() + 1, path.size() - kind.size() - key.size() - 2));
}

}  // namespace idlewatt
