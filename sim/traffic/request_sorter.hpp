// Sorts any number of requests by their arrivals.
#pragma once

#include <cstddef>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "traffic/trace_reader.hpp"

namespace idlewatt {

/// Sorts requests by arrival; of equal arrivals, the request added first goes first. Sorts up to half a gigabyte in
/// memory. Writes more to temporary files as sorted runs, and merges them. The temporary files have no name and vanish
/// with the process.
class RequestSorter {
 public:
  explicit RequestSorter(std::size_t most_bytes = std::size_t{512} << 20U) : most_bytes_(most_bytes) {}
  RequestSorter(const RequestSorter&) = delete;
  RequestSorter& operator=(const RequestSorter&) = delete;

  /// Arrivals may be below 0. Throws OutputError when a temporary file cannot be written.
  void add(Request request);
  std::size_t count() const { return count_; }

  /// All requests in order, their arrivals moved by `shift`. Call it once, last.
  std::unique_ptr<TraceReader> sorted(Ticks shift);

 private:
  void spill();

  std::size_t most_bytes_;
  std::size_t bytes_ = 0;
  std::size_t count_ = 0;
  std::vector<Request> requests_;
  std::vector<std::shared_ptr<std::FILE>> runs_;
};

}  // namespace idlewatt
