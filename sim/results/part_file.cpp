#include "results/part_file.hpp"

#include <cstdio>

#include "results/node.hpp"
#include "results/read_file.hpp"
#include "results/seal.hpp"

namespace idlewatt::hdf5 {
namespace {

/// Links and attributes in the order of their creation (netCDF asks for it), and the format of HDF5 1.8: later ones
/// mark a file as open for writing, so that it cannot be opened after its writer was killed.
/// Fails when the name is taken, also by a symbolic link.
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

  return {H5Fcreate(path.c_str(), H5F_ACC_EXCL, creation.get(), access.get()), H5Fclose, "H5Fcreate"};
}

/// What is about to get its name opens, has a right checksum and says that it is complete.
void read_back(const std::string& part) {
  try {
    const bool complete =
        reading(part, [](hid_t file) { return number_attribute<std::int32_t>(file, "complete") == 1; });
    if (!complete) {
      throw OutputError("what was written does not read back");
    }
  } catch (const InputError& error) {
    throw OutputError(std::string("what was written does not read back: ") + error.what());
  }
}

}  // namespace

PartFile::PartFile(std::string path, Unfinished unfinished)
    : path_(std::move(path)), part_(part_name(path_)), unfinished_(unfinished) {
  require_replaceable(path_);
  file_ = create_file(part_);
  set_attribute(file_.get(), "complete", std::int32_t{0});
}

PartFile::~PartFile() {
  if (!file_) {
    return;
  }
  try {
    if (file_.reset() && unfinished_ == Unfinished::kept) {
      append_seal(part_);
    }
  } catch (const OutputError&) {  // what was flushed stands in the part; there is nobody to tell
  }
  give_up();
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
  try {
    append_seal(part_);
    read_back(part_);
    publish_part(part_, path_);
  } catch (const OutputError&) {
    give_up();
    throw;
  }
  remove_part(kept_part_name(path_));  // of an earlier run that was interrupted
}

void PartFile::give_up() const noexcept {
  if (unfinished_ == Unfinished::removed) {
    remove_part(part_);
  } else {
    std::rename(part_.c_str(), kept_part_name(path_).c_str());  // when that fails, the part keeps the name that it has
  }
}

}  // namespace idlewatt::hdf5
