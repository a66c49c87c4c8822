// What is measured: scenarios over the project's own catalogue.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "scenario/scenario.hpp"

namespace idlewatt {

/// The catalogue and the token lengths that the cases share.
struct Material {
  std::shared_ptr<const Catalog> catalog;
  GeneratedTraffic chat;  ///< workloads/chat-spiky-day.yaml
};

/// From platforms/ and workloads/ of the source tree.
Material read_material();

/// Llama-3-8B on A100 80 GB, one accelerator a replica, eight to a server; Poisson arrivals at a constant rate with the
/// chat's token lengths; sampled every minute.
Scenario chat_scenario(const Material& material, std::int32_t replicas, double rate_rps, std::int64_t requests);

/// A thousand replicas of the chat case at half load, sampled each second, on servers of a kind in racks of 32
/// accelerators, for `bins` seconds.
Scenario recording_scenario(const Material& material, double rate_rps, const std::string& server, std::int64_t bins);

/// Replicas that come and go all day: the spiky day's own traffic, scaled to make a hundred A100 busy in its bursts,
/// under `hpa` and `power-off-after`. The first `hours` of it.
Scenario coming_and_going_scenario(const Material& material, double hours);

/// The case that other simulators are measured by: Llama-2-7B, one A100 a replica, Poisson arrivals at 8 requests/s a
/// replica, each of 512 prompt and 128 output tokens.
Scenario peers_scenario(const Material& material, std::int32_t replicas, std::int64_t requests);

/// The same two as files for `idlewatt run`, in `folder`, which exists. They return the scenario's path.
std::string write_chat_scenario(const std::string& folder, const Material& material, std::int32_t replicas,
                                double rate_rps, std::int64_t requests);
std::string write_peers_scenario(const std::string& folder, std::int32_t replicas, std::int64_t requests);

/// Requests per second that one replica of the scenario serves when its queue is never empty.
double measured_capacity_rps(const Scenario& scenario, std::int64_t requests);

}  // namespace idlewatt
