// What the tests of traffic/ share.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "traffic/generator.hpp"
#include "traffic/trace_reader.hpp"

namespace idlewatt::test {

/// Plays back requests, in the order given.
class ListReader final : public TraceReader {
 public:
  explicit ListReader(std::vector<Request> requests) : requests_(std::move(requests)) {}
  bool next(Request& request) override {
    if (at_ == requests_.size()) {
      return false;
    }
    request = requests_[at_++];
    return true;
  }

 private:
  std::vector<Request> requests_;
  std::size_t at_ = 0;
};

inline Request request_at(Ticks arrival, std::int32_t prompt_tokens = 1) {
  Request request;
  request.arrival = arrival;
  request.prompt_tokens = prompt_tokens;
  request.output_tokens = 1;
  return request;
}

inline std::vector<Request> read_all(TraceReader& reader) {
  std::vector<Request> requests;
  for (Request request; reader.next(request);) {
    requests.push_back(request);
  }
  return requests;
}

/// The figures of workloads/chat-spiky-day.yaml.
inline GeneratedTraffic chat_spiky_day() {
  GeneratedTraffic traffic;
  traffic.name = "chat-spiky-day";
  traffic.duration_s = 86400.0;
  traffic.mean_rate_rps = 20.0;
  traffic.hour_profile = {0.96, 0.92, 0.92, 0.83, 0.81, 0.80, 0.70, 0.68, 0.68, 0.84, 1.04, 1.17,
                          1.02, 1.07, 1.16, 1.11, 1.08, 1.08, 1.03, 1.31, 1.35, 1.15, 1.14, 1.13};
  traffic.spikes = {12.0, 4.0, 6.0, 120.0};
  traffic.prompt_tokens = {{0,   0.001, 0.01, 0.02, 0.05, 0.1,  0.15, 0.2,  0.25, 0.35,  0.4,   0.45,
                            0.5, 0.6,   0.7,  0.75, 0.8,  0.85, 0.9,  0.95, 0.99, 0.995, 0.999, 1},
                           {2,    8,    29,   91,   181,  207,  372,  387,  396,  414,  703,  984,
                            1020, 1071, 1130, 1189, 1315, 1876, 2734, 4083, 4142, 4831, 6179, 14050}};
  traffic.output_tokens = {
      {0,   0.001, 0.01, 0.05, 0.1, 0.2, 0.25, 0.3,  0.4,  0.45,  0.5,   0.55,
       0.6, 0.65,  0.7,  0.75, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1},
      {7, 12, 16, 41, 54, 77, 85, 91, 103, 113, 129, 151, 177, 217, 384, 395, 400, 424, 451, 540, 601, 643, 954, 1000}};
  return traffic;
}

}  // namespace idlewatt::test
