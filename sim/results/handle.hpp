// Owned HDF5 identifiers, and what to do when a call fails. Internal to results/: needs hdf5.h.
#pragma once

#include <hdf5.h>
#include <string>
#include <utility>

namespace idlewatt::hdf5 {

/// To be called before any other use of the library: it prints no error stack (we turn it into exceptions), and does
/// not tidy up when the process ends (a file whose last write failed cannot be closed, and 1.10 crashes trying it
/// again; ours are all closed by their handles).
void prepare_library();

/// Throws OutputError with the deepest reason on the library's error stack ("No space left on device").
[[noreturn]] void fail(const std::string& what);

/// Throws unless the call succeeded; returns its result.
template <class Result>
Result check(Result result, const char* what) {
  if (result < 0) {
    fail(what);
  }
  return result;
}

/// One identifier, closed when it goes out of scope.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);

  Handle() = default;
  /// Takes `id` over; throws OutputError when it is a failed call's result.
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

  /// Closes now; says whether the library managed to.
  bool reset() noexcept { return id_ < 0 || close_(std::exchange(id_, H5I_INVALID_HID)) >= 0; }

 private:
  hid_t id_ = H5I_INVALID_HID;
  Close close_ = nullptr;
};

}  // namespace idlewatt::hdf5
