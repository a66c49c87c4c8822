#include "cli/commands.hpp"

int main(int argc, char** argv) {
  return idlewatt::run_program({argv + 1, argv + (argc > 0 ? argc : 1)});
}
