#include "workload/open.hpp"

#include <filesystem>
#include <map>
#include <utility>

#include "units/error.hpp"
#include "workload/azure_llm.hpp"
#include "workload/merge.hpp"
#include "workload/scale.hpp"

namespace idlewatt {
namespace {

std::unique_ptr<TraceReader> open_file(const TraceFile& trace) {
  switch (trace.format) {
    case TraceFormat::azure_llm:
      return open_azure_llm(trace.path);
  }
  throw Error(trace.path + ": unknown trace format");
}

std::string base_name(const TrafficSource& source) {
  return source.file ? std::filesystem::path(source.file->path).filename().string() : source.generated->name;
}

}  // namespace

std::unique_ptr<TraceReader> open_trace(const TraceFile& trace, double scale, std::uint64_t seed,
                                        const std::string& name) {
  return scale_rate(open_file(trace), scale, seed, name);
}

Ticks trace_duration(const TraceFile& trace) {
  const std::unique_ptr<TraceReader> reader = open_file(trace);
  Ticks last = 0;
  for (Query query; reader->next(query);) {
    last = query.arrival;
  }
  return last;
}

std::unique_ptr<TraceReader> open_traffic(const std::vector<TrafficSource>& sources, std::uint64_t seed) {
  std::vector<std::unique_ptr<TraceReader>> streams;
  std::map<std::string, int> uses;
  for (const TrafficSource& source : sources) {
    if (source.file.has_value() == source.generated.has_value()) {
      throw InputError("traffic '" + source.name + "': expected either a trace file or a description to generate from");
    }
    std::string name = base_name(source);
    if (const int use = ++uses[name]; use > 1) {
      name.append("#").append(std::to_string(use));
    }
    if (source.file) {
      streams.push_back(open_trace(*source.file, source.scale, seed, name));
    } else {
      GeneratedTraffic generated = *source.generated;
      generated.name = std::move(name);
      streams.push_back(generate(generated, source.scale, seed));
    }
  }
  return merge(std::move(streams));
}

}  // namespace idlewatt
