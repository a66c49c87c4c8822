// The one translation unit that carries Catch2's main (version 2 is header-only; version 3 brings its own).
#ifndef IDLEWATT_CATCH2_V3
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

int main(int argc, char* argv[]) {
  // Version 2 returns the number of failures, and ctest takes 4 for "skipped", as version 3 means it.
  return Catch::Session().run(argc, argv) == 0 ? 0 : 1;
}
#endif
