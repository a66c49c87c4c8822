// Files that appear under their name only when they are complete. Every file that idlewatt writes is written so.
//
// A writer first writes a part: a file in the folder of the wanted file, with a name that nobody can foresee
// ("run.h5.x7k2m9qa.part"). When everything is on the disk, the writer renames the part. So two writers of one file
// never write into each other's part, a symbolic link is never followed, and whoever opens the wanted name finds a
// complete file, either the old one or the new one.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace idlewatt {

/// Runs `write`. Adds "cannot write <path>" to the message of an OutputError that `write` throws.
template <class Write>
void writing(const std::string& path, Write&& write) {
  try {
    write();
  } catch (const OutputError& error) {
    throw OutputError("cannot write " + path + ": " + error.what());
  }
}

/// A new random name for a part of `path`, in the folder of `path`. The name contains 8 random characters out of
/// 32.
std::string part_name(const std::string& path);

/// The name under which an interrupted writer keeps its part: "<path>.part".
std::string kept_part_name(const std::string& path);

/// Creates the part, which must not exist yet, and opens it for reading and writing. Follows no symbolic link.
/// Returns the file descriptor; the caller closes it. Throws OutputError with the system's reason, and when `path`
/// exists but is no regular file, since publishing the part would replace it.
int create_part(const std::string& part, const std::string& path);

/// Checks that `path` may be replaced. Throws OutputError when `path` exists and is neither a regular file nor a
/// symbolic link.
void require_replaceable(const std::string& path);

/// Flushes the part to the disk, renames it to `path`, and flushes the folder. A symbolic link named `path` is
/// replaced, not followed. Throws OutputError with the system's reason; the part then remains.
void publish_part(const std::string& part, const std::string& path);

/// Removes a part whose writer gives up. A missing part is no error.
void remove_part(const std::string& part);

/// True when `name` is the name of a part of the file `of`: one that an interrupted writer kept, or one that a
/// killed writer left. Both names are without folders.
bool is_part_of(std::string_view name, std::string_view of);

/// True when `name` is the name of a part of any file, left by a killed writer.
bool is_left_part(std::string_view name);

/// Removes all parts of the file at `path`. Requires that no process is writing that file.
void remove_parts_of(const std::string& path);

/// Removes the parts of text files in `folder` whose writers have died. (write_whole_file() holds a lock on its
/// part.)
void remove_left_parts(const std::string& folder);

/// Writes `text` as the complete file at `path`. Throws OutputError that names the file and the system's reason.
void write_whole_file(const std::string& path, std::string_view text);

}  // namespace idlewatt
