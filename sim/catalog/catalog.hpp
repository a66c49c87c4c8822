// Everything that exists, by name. The YAML reader fills it from platforms/ and from the user's own files.
#pragma once

#include <map>
#include <string>

#include "catalog/accelerator.hpp"
#include "catalog/engine.hpp"
#include "catalog/model.hpp"
#include "catalog/server.hpp"

namespace idlewatt {

struct Catalog {
  std::map<std::string, Accelerator> accelerators;
  std::map<std::string, Server> servers;
  std::map<std::string, Model> models;
  std::map<std::string, Engine> engines;
};

}  // namespace idlewatt
