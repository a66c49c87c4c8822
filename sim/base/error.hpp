// The exceptions of idlewatt. An error that a user can cause is an InputError; the others are bugs or machine
// failures.
#pragma once

#include <stdexcept>
#include <string>

namespace idlewatt {

/// Base of everything idlewatt throws. `what()` is one line, ready to print.
class Error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The user's input is wrong. `what()` reads "file:line:column: what is wrong (what was expected)". Exit status 2.
class InputError : public Error {
  using Error::Error;
};

/// The simulator broke one of its own laws (a joule or a request went missing). Exit status 1; always a bug.
class ConservationError : public Error {
  using Error::Error;
};

/// Writing a result failed (disk full, no permission). Exit status 3.
class OutputError : public Error {
  using Error::Error;
};

}  // namespace idlewatt
