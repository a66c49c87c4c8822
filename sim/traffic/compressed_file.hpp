// The bytes of a trace file, plain or compressed by gzip.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace idlewatt {

/// Reads a file once, from its start. zlib decompresses a file that begins with gzip's magic bytes and passes any
/// other file through.
class CompressedFile {
 public:
  /// Throws InputError when the file cannot be opened.
  explicit CompressedFile(std::string path);

  /// Fills `to` with up to `most` bytes. Returns their number; only 0 means the end of the file. Throws InputError
  /// when reading fails and when a compressed file ends early.
  std::size_t read(char* to, std::size_t most);

  const std::string& path() const { return path_; }

 private:
  struct Closer {
    void operator()(void* file) const;
  };

  std::string path_;
  std::unique_ptr<void, Closer> file_;
};

}  // namespace idlewatt
