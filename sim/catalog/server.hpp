// A server: accelerators and what is around them (CPU, memory, fans, NIC, power supply).
#pragma once

#include <optional>
#include <string>

#include "catalog/figure.hpp"

namespace idlewatt {

/// Whose price a rent is. Prices of two providers are no comparison of two servers.
struct RentOffer {
  std::string provider;  ///< "AWS"; empty where the rent is nobody's price list
  std::string region;    ///< "us-east-1"; empty where a price does not depend on it
  std::string date;      ///< "2026-02"; empty where nobody noted it
};

struct Server {
  std::string name;         ///< "hgx-a100-80"
  std::string title;        ///< "8 x A100 SXM4 80 GB"
  std::string accelerator;  ///< name of an Accelerator
  int accelerators = 0;     ///< how many of them

  /// Power at the wall, without the accelerators, while on: CPU, memory, fans, NIC.
  Figure base_w;
  /// Wall power per watt of accelerator power beyond that watt: fans and power supply losses (0.1 = 10 %).
  Figure overhead_per_accelerator_w;
  Figure off_w;  ///< at the wall while off: the management controller

  Figure boot_s;
  Figure boot_w;  ///< of the server without its accelerators, while booting
  Figure shutdown_s;

  Figure nic_bytes_per_s;
  Figure nic_latency_s;                    ///< one way between two servers, as a pipeline's stages send to each other
  Figure host_to_accelerator_bytes_per_s;  ///< host memory to one accelerator (PCIe)
  Figure disk_bytes_per_s;                 ///< local disk, sequential read
  Figure host_memory_bytes;                ///< of the server; weights of sleeping models may stay there

  Figure rent_usd_per_h;       ///< on demand, the whole server
  RentOffer rent_offer;        ///< whose price that is
  Figure provision_s;          ///< a rented server: from the request to a booted machine
  Figure billing_increment_s;  ///< rent is billed in multiples of this
  Figure billing_minimum_s;    ///< and for at least this

  std::optional<Figure> price_usd = std::nullopt;  ///< to buy the whole server; none where nobody sells it
};

}  // namespace idlewatt
