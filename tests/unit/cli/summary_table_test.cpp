#include "cli/run/summary_table.hpp"

#include <cmath>
#include <limits>

#include "cli/run/summary_rows.hpp"
#include "support/catch.hpp"

using namespace idlewatt;

namespace {

Summary served(double requests_in, double requests_served, double facility_kwh) {
  Summary summary;
  for (const Measure& measure : measures()) {
    measure.set(summary, 0.0);
  }
  summary.horizon_s = 3600.0;
  summary.requests_in = requests_in;
  summary.requests_served = requests_served;
  summary.requests_unfinished = requests_in - requests_served;
  summary.facility_energy_kwh = facility_kwh;
  summary.wh_per_request = 1000.0 * facility_kwh / requests_served;
  summary.ttft_s = {0.1, 0.2, 0.3};
  return summary;
}

SummaryRow row_of(const std::vector<Summary>& summaries, const std::string& label) {
  for (const SummaryRow& row : summary_rows(summaries, judge(summaries))) {
    if (row.label == label) {
      return row;
    }
  }
  return {};
}

using Marks = std::vector<bool>;

}  // namespace

TEST_CASE("the best value of a row is marked, with all that read the same") {
  CHECK(row_of({served(100, 100, 2.0), served(100, 100, 1.0)}, "facility energy").best == Marks{false, true});
  CHECK(row_of({served(100, 100, 1.0), served(100, 100, 1.00001), served(100, 100, 3.0)}, "facility energy").best ==
        Marks{true, true, false});
}

TEST_CASE("nothing is marked where all are equal, or where there is no better") {
  CHECK(row_of({served(100, 100, 1.0), served(100, 100, 1.0)}, "facility energy").best == Marks{false, false});
  CHECK(row_of({served(100, 100, 1.0), served(200, 100, 1.0)}, "requests in").best == Marks{false, false});
  CHECK(row_of({served(100, 100, 1.0)}, "facility energy").best == Marks{false});
}

TEST_CASE("who leaves requests unanswered cannot win at energy, and is named") {
  const std::vector<Summary> summaries{served(100, 100, 2.0), served(100, 60, 1.0), served(100, 100, 3.0)};
  CHECK(row_of(summaries, "facility energy").best == Marks{true, false, false});
  CHECK(row_of(summaries, "energy per request").best == Marks{true, false, false});
  CHECK(row_of(summaries, "served").best == Marks{true, false, true});
  const std::string table = summary_table({{"all", summaries[0]}, {"few", summaries[1]}, {"more", summaries[2]}}, {});
  CHECK(table.find("few !") != std::string::npos);
  CHECK(table.find("! answered clearly fewer requests than the best variant: few (60.0 %)") != std::string::npos);
}

TEST_CASE("a missing percent is no reason to leave a variant out") {
  CHECK(row_of({served(1000, 1000, 2.0), served(1000, 995, 1.0)}, "facility energy").best == Marks{false, true});
}

TEST_CASE("totals of different traffic are not compared, quotients are") {
  const std::vector<Summary> summaries{served(100, 100, 2.0), served(400, 400, 4.0)};
  CHECK(row_of(summaries, "facility energy").best == Marks{false, false});
  CHECK(row_of(summaries, "energy per request").best == Marks{false, true});
  CHECK(summary_table({{"a", summaries[0]}, {"b", summaries[1]}}, {}).find("totals are not compared") !=
        std::string::npos);
}

TEST_CASE("a table of overwhelmed fleets says so") {
  CHECK(summary_table({{"a", served(100, 50, 1.0)}}, {}).find("only 50.0 % of the requests were answered") !=
        std::string::npos);
}

TEST_CASE("what has no value is a dash and never best") {
  Summary nothing = served(100, 100, 1.0);
  nothing.ttft_s.p50 = std::numeric_limits<double>::quiet_NaN();
  const SummaryRow row = row_of({nothing, served(100, 100, 1.0)}, "TTFT p50");
  CHECK(row.cells == std::vector<std::string>{"-", "100.0"});
  CHECK(row.unit == "ms");
  CHECK(row.best == Marks{false, true});
}

TEST_CASE("quantiles of one latency share a unit") {
  Summary slow = served(100, 100, 1.0);
  slow.ttft_s = {0.1, 0.2, 20.0};
  CHECK(row_of({slow}, "TTFT p50").unit == "s");
  CHECK(row_of({slow}, "TTFT p50").cells == std::vector<std::string>{"0.1000"});
}

TEST_CASE("shares are percent, counts are whole, and thousands are grouped") {
  Summary summary = served(12345, 12345, 1.0);
  summary.regret_share = 10.05;
  summary.slo_share = 0.9999;
  CHECK(row_of({summary}, "regret").cells == std::vector<std::string>{"1,005"});
  CHECK(row_of({summary}, "regret").unit == "%");
  CHECK(row_of({summary}, "within SLO").cells == std::vector<std::string>{"99.99"});
  CHECK(row_of({summary}, "served").cells == std::vector<std::string>{"12,345"});
}

TEST_CASE("what a measure means is said below the table, when there is something to say") {
  Summary summary = served(100, 100, 1.0);
  CHECK(summary_table({{"a", summary}}, {}).find("Regret:") == std::string::npos);
  summary.regret_share = 1.0;
  CHECK(summary_table({{"a", summary}}, {}).find("Regret:") != std::string::npos);
  CHECK(summary_table({{"a", summary}}, {}).find("SLO lost to lag:") == std::string::npos);
  const Summary without_lag = summary;
  summary.slo_lost_to_lag_share = 0.01;
  CHECK(summary_table({{"a", without_lag}, {"b", summary}}, {}).find("SLO lost to lag:") != std::string::npos);
  summary.regret_share = std::numeric_limits<double>::quiet_NaN();
  CHECK(summary_table({{"a", summary}}, {}).find("Regret:") == std::string::npos);
}

TEST_CASE("every headline measure is in the table once") {
  std::size_t headlines = 0;
  Summary everything = served(100, 100, 1.0);
  for (const Measure& measure : measures()) {
    headlines += measure.headline ? 1 : 0;
    if (measure.optional) {
      measure.set(everything, 1.0);
    }
  }
  const std::vector<Summary> summaries{everything};
  CHECK(summary_rows(summaries, judge(summaries)).size() == headlines);
}

TEST_CASE("escape sequences appear only when they are wanted") {
  const std::vector<TableColumn> columns{{"a", served(100, 100, 2.0)}, {"b", served(100, 100, 1.0)}};
  CHECK(summary_table(columns, {.width = 80, .bold = false}).find('\033') == std::string::npos);
  CHECK(summary_table(columns, {.width = 80, .bold = true}).find("\033[1m") != std::string::npos);
}

TEST_CASE("twenty variants wrap to the width") {
  std::vector<TableColumn> columns;
  for (int i = 0; i < 20; ++i) {
    columns.push_back({"variant number " + std::to_string(i), served(100, 100, 1.0 + i)});
  }
  const std::string table = summary_table(columns, {.width = 100, .bold = false});
  std::size_t start = 0;
  for (std::size_t end = table.find('\n'); end != std::string::npos; end = table.find('\n', start)) {
    const std::string line = table.substr(start, end - start);
    CHECK((line.size() <= 100 || line[0] == '!' || line[0] == '*'));
    start = end + 1;
  }
}
