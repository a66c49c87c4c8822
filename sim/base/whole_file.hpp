// Files that have their name only when they are whole: every file that idlewatt writes.
//
// A writer writes a part, a file beside the wanted one with a name that nobody can foresee ("run.h5.x7k2m9qa.part"),
// and renames the part when everything is on the disk. So two writers of one file never write into each other's, a
// symbolic link of that name is not followed, and whoever opens the wanted name finds a whole file: the old one or the
// new one.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace idlewatt {

/// Runs `write`; an OutputError out of it gets the name of the file that cannot be written.
template <class Write>
void writing(const std::string& path, Write&& write) {
  try {
    write();
  } catch (const OutputError& error) {
    throw OutputError("cannot write " + path + ": " + error.what());
  }
}

/// A new name for a part of `path`, in the folder of `path`. Random: 8 of 32 characters.
std::string part_name(const std::string& path);

/// The name that an interrupted writer gives its part: "<path>.part".
std::string kept_part_name(const std::string& path);

/// Creates the part, which must not exist, and opens it for reading and writing. Follows no symbolic link. Returns the
/// descriptor, which the caller closes. Throws OutputError with the system's reason; also when `path` is there and is
/// no regular file, for it would be replaced by one.
int create_part(const std::string& part, const std::string& path);

/// Throws OutputError when `path` is there and is neither a regular file nor a symbolic link.
void require_replaceable(const std::string& path);

/// Brings the part to the disk, renames it to `path`, and brings the folder to the disk. A symbolic link named `path`
/// is replaced, not followed. Throws OutputError with the system's reason; the part then stays.
void publish_part(const std::string& part, const std::string& path);

/// Removes a part whose writer gives up. No error when there is none.
void remove_part(const std::string& part);

/// Whether `name`, without folders, is that of a part of the file `of`, which is without folders too: kept by an
/// interrupted writer, or left behind by a killed one.
bool is_part_of(std::string_view name, std::string_view of);

/// Whether `name` is that of a part of any file, left by a killed writer.
bool is_left_part(std::string_view name);

/// Removes all parts of the file at `path`. For whoever knows that nobody writes it.
void remove_parts_of(const std::string& path);

/// Removes the parts of text files in `folder` that no living process writes: write_whole_file() locks its part.
void remove_left_parts(const std::string& folder);

/// Writes `text` as the file at `path`. Throws OutputError that names the file and the system's reason.
void write_whole_file(const std::string& path, std::string_view text);

}  // namespace idlewatt
