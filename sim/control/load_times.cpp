#include "control/load_times.hpp"

#include <algorithm>

#include "catalog/model_weights.hpp"
#include "physics/memory_plan.hpp"

namespace idlewatt {

double LoadTimes::weight_bytes() const {
  return model->weight_bytes(pool->precision);
}

double LoadTimes::group_bytes() const {
  const Parallelism& parallel = pool->parallel;
  const double alike = std::clamp(server->accelerators / parallel.of_group(), 1, parallel.ranks());
  const double own = rank_weight_bytes(*model, pool->precision, parallel);
  if (parallel.ranks() == 1) {
    return own / parallel.pipeline / parallel.tensor_servers;
  }
  // Ranks of one server share the files of what each of them holds.
  const double routed = model_weights(*model).routed() * model->formats(pool->precision).experts.bytes;
  const double shared = model->weight_bytes(pool->precision) - routed;
  return (own - shared + shared / alike) / parallel.pipeline / parallel.tensor_servers;
}

double LoadTimes::accelerator_bytes() const {
  const Parallelism& parallel = pool->parallel;
  return rank_weight_bytes(*model, pool->precision, parallel) / (parallel.tensor * parallel.pipeline);
}

double LoadTimes::copy_s() const {
  const double bytes_per_s = std::min(server->host_to_accelerator_bytes_per_s.value, engine->load_bytes_per_s.value);
  return accelerator_bytes() / bytes_per_s;
}

double LoadTimes::swap_s() const {
  return accelerator_bytes() / server->host_to_accelerator_bytes_per_s.value;
}

double LoadTimes::wake_s() const {
  return swap_s() + engine->wake_s.value;
}

double LoadTimes::engine_start_s() const {
  return engine->start_s.value + engine->start_s_per_billion.value * model->parameters.value / 1e9;
}

std::int32_t LoadTimes::groups_of_a_server() const {
  return std::clamp(server->accelerators / pool->parallel.of_group(), 1, pool->parallel.groups());
}

std::int32_t LoadTimes::servers() const {
  const std::int32_t most = groups_of_a_server();
  return (pool->parallel.groups() + most - 1) / most;
}

double LoadTimes::fetch_bytes_per_s(double shared_bytes_per_s, std::int32_t sharing) const {
  return std::min(server->nic_bytes_per_s.value, shared_bytes_per_s / std::max(sharing, 1));
}

double LoadTimes::pull_s(double shared_bytes_per_s) const {
  return engine->image_bytes.value / fetch_bytes_per_s(shared_bytes_per_s, servers()) + engine->image_unpack_s.value;
}

double LoadTimes::fetch_s(double shared_bytes_per_s) const {
  const std::int32_t most = groups_of_a_server();
  const std::int32_t last = pool->parallel.groups() - (servers() - 1) * most;
  return last * group_bytes() / fetch_bytes_per_s(shared_bytes_per_s, servers()) +
         (most - last) * group_bytes() / fetch_bytes_per_s(shared_bytes_per_s, servers() - 1);
}

double LoadTimes::read_s() const {
  return groups_of_a_server() * group_bytes() / server->disk_bytes_per_s.value;
}

}  // namespace idlewatt
