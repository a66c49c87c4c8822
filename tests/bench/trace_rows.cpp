#include "bench/trace_rows.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <stdexcept>

#include "bench/measured_child.hpp"
#include "traffic/trace_file.hpp"
#include "traffic/trace_writer.hpp"

namespace idlewatt {
namespace {

void write_azure(const std::string& path, std::int64_t rows) {
  std::ofstream file(path);
  file << "TIMESTAMP,ContextTokens,GeneratedTokens\n";
  for (std::int64_t i = 0; i < rows; ++i) {
    const std::int64_t ms = i * 5;
    char line[80];
    std::snprintf(line, sizeof line, "2024-05-10 %02d:%02d:%02d.%03d000+00:00,%d,%d\n",
                  static_cast<int>(ms / 3'600'000 % 24), static_cast<int>(ms / 60'000 % 60),
                  static_cast<int>(ms / 1000 % 60), static_cast<int>(ms % 1000), static_cast<int>(1 + i % 4096),
                  static_cast<int>(1 + i % 700));
    file << line;
  }
}

double read_rows_per_s(const std::string& path, std::int64_t rows, int repeats) {
  double best_s = 1e300;
  for (int i = 0; i < repeats; ++i) {
    const double start_s = cpu_now_s();
    TraceFile trace;
    trace.path = path;
    const auto reader = open_trace_file(trace);
    std::int64_t count = 0;
    for (Request request; reader->next(request);) {
      ++count;
    }
    if (count != rows) {
      throw std::runtime_error("a trace lost rows");
    }
    best_s = std::min(best_s, cpu_now_s() - start_s);
  }
  return static_cast<double>(rows) / best_s;
}

}  // namespace

double measure_trace_rows(const std::string& folder, std::int64_t rows, int repeats) {
  const std::string azure = folder + "/azure.csv";
  const std::string own = folder + "/own.csv";
  write_azure(azure, rows);
  {
    TraceFile trace;
    trace.path = azure;
    const auto reader = open_trace_file(trace);
    const auto writer = write_csv_trace(own);
    for (Request request; reader->next(request);) {
      writer->write(request);
    }
    writer->publish();
  }
  std::printf("\n| trace | rows | rows/s |\n|---|---:|---:|\n");
  double slowest = 1e300;
  for (const std::string& path : {azure, own}) {
    const double rate = read_rows_per_s(path, rows, repeats);
    std::printf("| %s | %lld | %.0f |\n", path == azure ? "azure-llm" : "csv", static_cast<long long>(rows), rate);
    slowest = std::min(slowest, rate);
  }
  return slowest;
}

}  // namespace idlewatt
