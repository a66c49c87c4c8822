// Owned HDF5 identifiers, and exceptions for failed calls. Internal to results/: needs hdf5.h.
#pragma once

#include <hdf5.h>
#include <string>
#include <utility>

namespace idlewatt::hdf5 {

/// Prepares HDF5; must be called before any other use of HDF5. HDF5 then prints no error stack (we throw exceptions
/// instead), and does not clean up when the process ends: HDF5 1.10 crashes when it again tries to close a file whose
/// last write failed. Our handles close all files.
void prepare_library();

/// Throws OutputError with the deepest reason on the library's error stack ("No space left on device").
[[noreturn]] void fail(const std::string& what);

/// Returns the result of a call. Throws OutputError when the call failed.
template <class Result>
Result check(Result result, const char* what) {
  if (result < 0) {
    fail(what);
  }
  return result;
}

/// An identifier that is closed when it goes out of scope.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);

  Handle() = default;
  /// Takes over `id`. Throws OutputError when `id` is the result of a failed call.
  Handle(hid_t id, Close close, const char* what) : id_(check(id, what)), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    if (this != &other) {
      reset();
      id_ = std::exchange(other.id_, H5I_INVALID_HID);
      close_ = other.close_;
    }
    return *this;
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { reset(); }

  hid_t get() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }

  /// Closes the identifier if one is open. Returns false only if the library failed to close the identifier.
  bool reset() noexcept { return id_ < 0 || close_(std::exchange(id_, H5I_INVALID_HID)) >= 0; }

 private:
  hid_t id_ = H5I_INVALID_HID;
  Close close_ = nullptr;
};

}  // namespace idlewatt::hdf5
