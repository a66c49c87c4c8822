// The one translation unit that carries Catch2's main (version 2 is header-only; version 3 brings its own).
#ifndef IDLEWATT_CATCH2_V3
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
