#include "cli/text/text_table.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "cli/text/json_text.hpp"
#include "cli/text/text.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

TEST_CASE("A table's columns are as wide as their widest cells") {
  TextTable table({{.left = true, .gap = 1}, {}, {.left = true, .gap = 0}});
  table.add({"", "power", ""});
  table.add_line("a line of its own, which widens nothing");
  table.add({"idle", "9 W", " *"});
  table.add({"busy", "\033[1m1,200 W\033[0m", ""});
  table.add({"±"});
  CHECK(table.text() ==
        "         power\n"
        "a line of its own, which widens nothing\n"
        " idle      9 W *\n"
        " busy  \033[1m1,200 W\033[0m\n"
        " ±\n");
  CHECK(TextTable(std::vector<TextColumn>()).text().empty());
}

TEST_CASE("The last column of a table is wrapped to the width") {
  TextTable table({{.left = true, .gap = 1}, {.left = true, .gap = 2}});
  table.add({"hpa", "proportional to a metric"});
  table.add_paragraph("a text below it", 12, 3);
  table.add({"keda", ""});
  table.add({"x"});
  CHECK(table.text(20) ==
        " hpa   proportional\n"
        "       to a metric\n"
        "   a text\n"
        "   below it\n"
        " keda\n"
        " x\n");
}

TEST_CASE("Sequences that set a style take no room") {
  CHECK(display_width("\033[1mbold\033[0m") == 4);
  CHECK(display_width("± 5") == 3);
  CHECK(display_width("cut \033[1") == 4);
}

TEST_CASE("JSON has no infinity: such numbers are null") {
  CHECK(json_number(0.5) == 0.5);
  CHECK(json_number(std::numeric_limits<double>::infinity()).is_null());
  CHECK(json_number(std::numeric_limits<double>::quiet_NaN()).is_null());
  CHECK(json_text({{"a", {1, 2}}}, 1) == "{\n \"a\": [\n  1,\n  2\n ]\n}\n");
}

}  // namespace
}  // namespace idlewatt
