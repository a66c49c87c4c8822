// 128-bit integers, which -Wpedantic accepts only by this name.
#pragma once

namespace idlewatt {

__extension__ typedef __int128 int128_t;

}  // namespace idlewatt
