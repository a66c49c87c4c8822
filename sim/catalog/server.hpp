// A server: its accelerators and the parts around them (CPU, memory, fans, NIC, power supply).
#pragma once

#include <optional>
#include <string>

#include "catalog/figure.hpp"

namespace idlewatt {

/// The origin of a rental price. A difference between the prices of two providers says nothing about their servers.
struct RentOffer {
  std::string provider;  ///< "AWS"; empty where the rent is from no price list
  std::string region;    ///< "us-east-1"; empty where the price does not depend on the region
  std::string date;      ///< "2026-02"; empty where the date is unknown
};

struct Server {
  std::string name;         ///< "hgx-a100-80"
  std::string title;        ///< "8 x A100 SXM4 80 GB"
  std::string accelerator;  ///< name of an Accelerator
  int accelerators = 0;     ///< number of accelerators

  /// Power at the wall while the server is on, without the accelerators: CPU, memory, fans, NIC.
  Figure base_w;
  /// Wall power per watt of accelerator power, on top of that watt: fans and power supply losses (0.1 = 10 %).
  Figure overhead_per_accelerator_w;
  Figure off_w;  ///< power at the wall while the server is off: the management controller

  Figure boot_s;
  Figure boot_w;  ///< power while booting, without the accelerators
  Figure shutdown_s;

  Figure nic_bytes_per_s;
  Figure nic_latency_s;                    ///< one way between two servers, as a pipeline's stages send to each other
  Figure host_to_accelerator_bytes_per_s;  ///< host memory to one accelerator (PCIe)
  Figure disk_bytes_per_s;                 ///< local disk, sequential read
  Figure host_memory_bytes;                ///< memory of the host; weights of sleeping models may stay there

  Figure rent_usd_per_h;       ///< on demand, the whole server
  RentOffer rent_offer;        ///< origin of that price
  Figure provision_s;          ///< for a rented server: seconds from the request to a booted machine
  Figure billing_increment_s;  ///< rent is billed in multiples of this
  Figure billing_minimum_s;    ///< rent is billed for at least this time

  std::optional<Figure> price_usd = std::nullopt;  ///< price of the whole server; empty where nobody sells it
};

}  // namespace idlewatt
