// The seal: a checksum over a whole file, behind its end, which every HDF5 file of idlewatt has.
//
// Readers check the seal before the HDF5 library sees the file, because a damaged file can make that library loop,
// write outside its memory, or return other numbers. HDF5 ignores what stands behind the end that its superblock names,
// so all other programs read a sealed file as they read any.
//
// 32 bytes, integers little-endian:
//   0  "idlewatt"
//   8  uint32  format version (kFormatVersion)
//  12  uint32  CRC-32 (that of zlib and gzip) of the bytes before the seal
//  16  uint64  how many bytes these are
//  24  "checksum"
#pragma once

#include <string>

namespace idlewatt::hdf5 {

/// Appends the seal to the closed file at `path`. Throws OutputError with the system's reason.
void append_seal(const std::string& path);

/// Checks the seal of the file at `path`, and that the version of its format is this one's. Reads the whole file, some
/// gigabytes a second. Throws InputError, one line that begins with `path`: the file is not there, is no regular file,
/// is cut off, is damaged, has no seal, or is of an older or newer format.
void check_seal(const std::string& path);

/// Whether the file at `path` ends in a seal, right or wrong. False for one that cannot be read.
bool has_seal(const std::string& path);

}  // namespace idlewatt::hdf5
