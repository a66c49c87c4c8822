// The seal: a checksum over a whole file, appended to every HDF5 file of idlewatt.
//
// Readers check the seal before the HDF5 library sees the file, because a damaged file can make that library loop,
// write outside its memory, or return wrong numbers. HDF5 ignores bytes behind the end that its superblock states, so
// other programs read a sealed file like any other.
//
// The seal has 32 bytes; its integers are little-endian:
//   0  "idlewatt"
//   8  uint32  format version (kFormatVersion)
//  12  uint32  CRC-32 (that of zlib and gzip) of the bytes before the seal
//  16  uint64  number of these bytes
//  24  "checksum"
#pragma once

#include <string>

namespace idlewatt::hdf5 {

/// Appends the seal to the closed file at `path`. Throws OutputError with the system's reason.
void append_seal(const std::string& path);

/// Checks the seal and the format version of the file at `path`. Reads the whole file, at some gigabytes per second.
/// Throws InputError with one line that begins with `path` when the file is missing, is no regular file, is cut off, is
/// damaged, has no seal, or has an older or newer format.
void check_seal(const std::string& path);

/// True when the file at `path` ends in a seal, correct or not. False for a file that cannot be read.
bool has_seal(const std::string& path);

}  // namespace idlewatt::hdf5
