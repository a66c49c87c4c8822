// Writes the sample files that test_open.py opens: make_sample <directory>.
#include <cstdio>
#include <string>

#include "analysis/sample_run.hpp"
#include "record/hdf5_recorder.hpp"
#include "record/index.hpp"
#include "units/error.hpp"

int main(int argc, char** argv) {
  using namespace idlewatt;
  if (argc != 2) {
    std::fputs("usage: make_sample <directory>\n", stderr);
    return 2;
  }
  const std::string directory = argv[1];
  try {
    sample::Shape shape;
    Hdf5Recorder full(directory + "/sample.h5");
    const Summary summary = sample::play(full, shape);
    write_index(directory + "/index.h5", "two runs",
                {{"l4 hpa", "sample.h5", 1, summary}, {"never ran", "gone.h5", 2, Summary{}}});
    shape.with_requests = false;
    Hdf5Recorder lean(directory + "/no_requests.h5");
    sample::play(lean, shape);
    shape.bins = 0;
    Hdf5Recorder empty(directory + "/empty.h5");
    sample::play(empty, shape);
    shape = {};
    Hdf5Recorder stopped(directory + "/stopped.h5");
    sample::play(stopped, shape, false);
  } catch (const Error& error) {
    std::fprintf(stderr, "make_sample: %s\n", error.what());
    return 3;
  }
  return 0;
}
