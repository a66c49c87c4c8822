// The physics of a replica on servers of eight of the tests' A100.
#pragma once

#include "physics/transformer.hpp"
#include "support/a100.hpp"

namespace idlewatt {

/// The steps of `model` under a plain engine, on servers of eight accelerators with a network of 400 GB/s and 10 us.
inline Transformer on_servers_of_eight(const Model& model, const Parallelism& parallel,
                                       const Accelerator& accelerator = a100()) {
  static const Engine engine = plain_engine();
  return Transformer({.accelerator = &accelerator,
                      .model = &model,
                      .engine = &engine,
                      .parallel = parallel,
                      .network_bytes_per_s = 400e9,
                      .network_latency_s = 10e-6,
                      .server_accelerators = 8});
}

}  // namespace idlewatt
