#include "results/part_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

#include "results/node.hpp"

namespace idlewatt::hdf5 {
namespace {

/// Links and attributes in the order of their creation (netCDF asks for it), and the format of HDF5 1.8: later ones
/// mark a file as open for writing, so that it cannot be opened after its writer was killed.
Handle create_file(const std::string& path) {
  prepare_library();
  Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose, "H5Pcreate");
  check(H5Pset_link_creation_order(creation.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), "creation order");
  check(H5Pset_attr_creation_order(creation.get(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED), "creation order");
  check(H5Pset_obj_track_times(creation.get(), false), "H5Pset_obj_track_times");

  Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "H5Pcreate");
  check(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V18, H5F_LIBVER_V18), "H5Pset_libver_bounds");
  check(H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG), "H5Pset_fclose_degree");

  // Metadata reaches the file in flushes only: between two of them the file on disk is as the last one left it.
  H5AC_cache_config_t cache{};
  cache.version = H5AC__CURR_CACHE_CONFIG_VERSION;
  check(H5Pget_mdc_config(access.get(), &cache), "H5Pget_mdc_config");
  cache.incr_mode = H5C_incr__off;
  cache.flash_incr_mode = H5C_flash_incr__off;
  cache.decr_mode = H5C_decr__off;
  cache.evictions_enabled = false;
  check(H5Pset_mdc_config(access.get(), &cache), "H5Pset_mdc_config");

  return {H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose, "H5Fcreate"};
}

[[noreturn]] void fail_with_errno() {
  throw OutputError(std::strerror(errno));
}

/// Flushes a file or directory of the operating system down to the disk.
void sync_to_disk(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
  if (descriptor < 0) {
    fail_with_errno();
  }
  const bool failed = ::fsync(descriptor) != 0 && errno != EINVAL && errno != ENOTSUP;
  const int reason = errno;
  ::close(descriptor);
  if (failed) {
    errno = reason;
    fail_with_errno();
  }
}

}  // namespace

PartFile::PartFile(std::string path)
    : path_(std::move(path)), part_path_(path_ + ".part"), file_(create_file(part_path_)) {
  set_attribute(file_.get(), "complete", std::int32_t{0});
}

void PartFile::flush() {
  check(H5Fflush(file_.get(), H5F_SCOPE_GLOBAL), "H5Fflush");
}

void PartFile::publish() {
  flush();
  // Last and alone, so that a file which says it is complete is.
  change_attribute(file_.get(), "complete", 1);
  flush();
  if (!file_.reset()) {
    fail("H5Fclose");
  }
  sync_to_disk(part_path_, O_RDONLY);
  if (std::rename(part_path_.c_str(), path_.c_str()) != 0) {
    fail_with_errno();
  }
  const std::string directory = std::filesystem::path(path_).parent_path().string();
  sync_to_disk(directory.empty() ? "." : directory, O_RDONLY | O_DIRECTORY);
}

}  // namespace idlewatt::hdf5
