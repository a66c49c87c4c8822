// Where the program's own files are: platforms/, analysis/.
#pragma once

#include <string>

namespace idlewatt {

/// Of an installed program share/idlewatt beside its bin/; of one in its build folder the sources'.
std::string data_directory();

}  // namespace idlewatt
