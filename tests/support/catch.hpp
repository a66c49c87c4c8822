// Catch2 version 2 (Debian 12) or version 3: the tests include this instead of either.
#pragma once
#ifdef IDLEWATT_CATCH2_V3
#include <catch2/catch_all.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
#endif
