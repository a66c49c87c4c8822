#include "control/load_times.hpp"

#include <algorithm>

namespace idlewatt {

double LoadTimes::weight_bytes() const {
  return model->weight_bytes(pool->precision);
}

double LoadTimes::stage_bytes() const {
  return weight_bytes() / pool->parallel.pipeline;
}

double LoadTimes::copy_s() const {
  const double bytes_per_s = std::min(server->host_to_accelerator_bytes_per_s.value, engine->load_bytes_per_s.value);
  return weight_bytes() / pool->accelerators_per_replica() / bytes_per_s;
}

double LoadTimes::swap_s() const {
  return weight_bytes() / pool->accelerators_per_replica() / server->host_to_accelerator_bytes_per_s.value;
}

double LoadTimes::wake_s() const {
  return swap_s() + engine->wake_s.value;
}

double LoadTimes::engine_start_s() const {
  return engine->start_s.value + engine->start_s_per_billion.value * model->parameters.value / 1e9;
}

std::int32_t LoadTimes::stages_of_a_server() const {
  return std::clamp(server->accelerators / pool->parallel.tensor, 1, pool->parallel.pipeline);
}

double LoadTimes::fetch_s(double shared_bytes_per_s) const {
  const std::int32_t all = pool->parallel.pipeline;
  const std::int32_t most = stages_of_a_server();
  const std::int32_t servers = (all + most - 1) / most;
  const std::int32_t last = all - (servers - 1) * most;
  const auto bytes_per_s = [&](std::int32_t sharing) {
    return std::min(server->nic_bytes_per_s.value, shared_bytes_per_s / std::max(sharing, 1));
  };
  return (engine->image_bytes.value + last * stage_bytes()) / bytes_per_s(servers) +
         (most - last) * stage_bytes() / bytes_per_s(servers - 1);
}

double LoadTimes::read_s() const {
  return stages_of_a_server() * stage_bytes() / server->disk_bytes_per_s.value;
}

}  // namespace idlewatt
