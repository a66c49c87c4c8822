#include "cli/bill/figure_path.hpp"

#include "support/catch.hpp"

namespace idlewatt {

TEST_CASE("the path of a figure names its entry, for one kind and one key alone") {
  CHECK(entry_of("servers.l4-1.rent", "servers", "rent") == "l4-1");
  CHECK(entry_of("servers.qwen2.5.rent", "servers", "rent") == "qwen2.5");
  for (const char* other : {"servers.l4-1.price", "models.l4-1.rent", "servers..rent", "servers.rent",
                            "serversx.l4.rent", "servers.l4-1.xrent", ""}) {
    CHECK_FALSE(entry_of(other, "servers", "rent").has_value());
  }
}

}  // namespace idlewatt
