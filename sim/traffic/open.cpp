#include "traffic/open.hpp"

#include <filesystem>
#include <fmt/core.h>
#include <map>
#include <utility>

#include "base/error.hpp"
#include "traffic/merge.hpp"

namespace idlewatt {
namespace {

std::string base_name(const TrafficSource& source) {
  return source.file ? std::filesystem::path(source.file->path).filename().string() : source.generated->name;
}

/// `rate_scale` and `name` matter to generated traffic only.
ReplayableTrace replayable(const TrafficSource& source, double rate_scale, std::uint64_t seed,
                           const std::string& name) {
  if (source.file) {
    return {[trace = *source.file]() { return open_trace_file(trace); }};
  }
  GeneratedTraffic generated = *source.generated;
  generated.name = name;
  const Ticks length = to_ticks(generated.duration_s);
  return {[=]() { return generate(generated, rate_scale, seed); }, length};
}

}  // namespace

std::unique_ptr<TraceReader> open_source(const TrafficSource& source, std::uint64_t seed, const std::string& name) {
  const bool by_generator = source.generated && source.transforms.scale_by == ScaleBy::superposition;
  return transform(replayable(source, by_generator ? source.scale : 1.0, seed, name), source.transforms,
                   by_generator ? 1.0 : source.scale, seed, name);
}

Ticks source_end(const TrafficSource& source) {
  return transformed_end(replayable(source, 1.0, 1, source.name), source.transforms, source.scale);
}

std::unique_ptr<TraceReader> open_traffic(const std::vector<TrafficSource>& sources, std::uint64_t seed) {
  std::vector<std::unique_ptr<TraceReader>> streams;
  std::map<std::string, int> uses;
  for (const TrafficSource& source : sources) {
    if (source.file.has_value() == source.generated.has_value()) {
      throw InputError(
          fmt::format("traffic '{}': expected either a trace file or a description to generate from", source.name));
    }
    std::string name = base_name(source);
    if (const int use = ++uses[name]; use > 1) {
      name.append("#").append(std::to_string(use));
    }
    RequestLabels marks = source.marks;
    if (!marks.semantics && source.generated) {
      marks.semantics = source.generated->semantics;
    }
    streams.push_back(mark(open_source(source, seed, name), marks, seed, name));
  }
  return merge(std::move(streams));
}

}  // namespace idlewatt
