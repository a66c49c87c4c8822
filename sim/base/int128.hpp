// 128-bit integers. -Wpedantic accepts the compiler's type only behind __extension__.
#pragma once

namespace idlewatt {

__extension__ typedef __int128 int128_t;
__extension__ typedef unsigned __int128 uint128_t;

}  // namespace idlewatt
