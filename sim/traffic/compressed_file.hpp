// The bytes of a trace file, plain or compressed by gzip.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace idlewatt {

/// Reads a file from its start, once. zlib decompresses a file that begins like gzip's, and passes any other through.
class CompressedFile {
 public:
  /// Throws InputError when the file cannot be opened.
  explicit CompressedFile(std::string path);

  /// Fills `to` with up to `most` bytes. Returns how many; fewer than `most` are not yet the end, 0 is. Throws InputError
  /// when reading fails, also where a compressed file ends early.
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
