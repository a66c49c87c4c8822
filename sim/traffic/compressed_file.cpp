#include "traffic/compressed_file.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/core.h>
#include <utility>
#include <zlib.h>

#include "base/error.hpp"

namespace idlewatt {

void CompressedFile::Closer::operator()(void* file) const {
  gzclose_r(static_cast<gzFile>(file));
}

CompressedFile::CompressedFile(std::string path) : path_(std::move(path)) {
  constexpr unsigned zlib_bytes = 128 * 1024;
  errno = 0;
  file_.reset(gzopen(path_.c_str(), "rb"));
  if (!file_) {
    throw InputError(
        fmt::format("{}: cannot be opened: {} (expected a readable trace file)", path_, std::strerror(errno)));
  }
  gzbuffer(static_cast<gzFile>(file_.get()), zlib_bytes);
}

std::size_t CompressedFile::read(char* to, std::size_t most) {
  const auto file = static_cast<gzFile>(file_.get());
  errno = 0;
  const int got = gzread(file, to, static_cast<unsigned>(most));
  const int system_error = errno;
  int error = Z_OK;
  const char* reason = gzerror(file, &error);
  if (got < 0 || error == Z_BUF_ERROR || error == Z_DATA_ERROR) {
    throw InputError(fmt::format("{}: cannot be read: {} (expected a readable trace file)", path_,
                                 error == Z_ERRNO       ? std::strerror(system_error)
                                 : error == Z_BUF_ERROR ? "the compressed file ends early"
                                                        : reason));
  }
  return static_cast<std::size_t>(got);
}

}  // namespace idlewatt
