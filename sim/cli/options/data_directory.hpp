// The folder of the program's own files: platforms/, analysis/.
#pragma once

#include <string>

namespace idlewatt {

/// The folder: share/idlewatt beside the bin/ of an installed program; the source folder for a program in its build
/// folder.
std::string data_directory();

}  // namespace idlewatt
