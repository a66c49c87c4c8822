// `idlewatt recover`: shows the intact data in the result of a run that was interrupted or killed.
#pragma once

#include "cli/commands.hpp"

namespace idlewatt {

Command recover_command();

}  // namespace idlewatt
