// Bytes and times of what accelerators send to each other, by hand and against DeepEP's measurements.
#include "physics/collectives.hpp"

#include "support/a100.hpp"
#include "support/catch.hpp"

namespace idlewatt {
namespace {

/// `experts` of which each token chooses `per_token`, and a hidden state of so many elements.
Model mixture_of(int experts, int per_token, int hidden) {
  Model model = llama_8b();
  model.hidden = hidden;
  model.mixture = ExpertMixture{.experts = experts, .experts_per_token = per_token, .intermediate = 2048};
  return model;
}

ExchangeLinks links_of(int server_accelerators) {
  return {.link_bytes_per_s = 322e9,
          .network_bytes_per_s = 50e9,
          .network_latency_s = 15e-6,
          .server_accelerators = server_accelerators};
}

TEST_CASE("a token reaches as many ranks as hold one of its experts") {
  CHECK(ranks_reached(256, 8, 1) == Approx(1.0));
  CHECK(ranks_reached(256, 8, 256) == Approx(8.0));
  CHECK(ranks_reached(4, 2, 2) == Approx(2.0 * (1.0 - 1.0 / 6.0)));  // both experts on the other rank: 1 of 6 pairs
  CHECK(ranks_reached(4, 2, 4) == Approx(2.0));
  CHECK(ranks_reached(8, 8, 4) == Approx(4.0));
}

TEST_CASE("an exchange sends a copy to each rank that is reached, by hand") {
  const Model model = mixture_of(4, 2, 1000);
  const double fp8 = 1000.0 * (1.0 + 4.0 / 128.0);
  const auto bytes = [&](const Parallelism& parallel, Precision precision, int server) {
    return ExpertExchange(model, precision, parallel, links_of(server));
  };
  const ExpertExchange four = bytes({.data_attention = 4, .expert = 4}, Precision::fp8, 8);
  CHECK(four.needed());
  CHECK(four.dispatch_bytes().link == Approx(2.0 * fp8));
  CHECK(four.combine_bytes().link == Approx(2.0 * 2000.0));
  CHECK(four.dispatch_bytes().network == 0.0);
  // Experts in 16 bits: so are the states that are sent.
  CHECK(bytes({.data_attention = 4, .expert = 4}, Precision::bf16, 8).dispatch_bytes().link == Approx(2.0 * 2000.0));
  // Without expert parallelism each accelerator has a part of every expert, and gets every token.
  CHECK(bytes({.data_attention = 4, .expert = 1}, Precision::fp8, 8).dispatch_bytes().link == Approx(4.0 * fp8));
  // Two ranks of two accelerators each: both of a rank get the token.
  CHECK(bytes({.data_attention = 4, .expert = 2}, Precision::fp8, 8).dispatch_bytes().link ==
        Approx(2.0 * (2.0 - 1.0 / 3.0) * fp8));
  // Two servers of two: half of the copies stay, and the other server is reached by 5 tokens of 6.
  const ExpertExchange apart = bytes({.data_attention = 4, .expert = 4}, Precision::fp8, 2);
  CHECK(apart.dispatch_bytes().link == Approx(1.0 * fp8));
  CHECK(apart.dispatch_bytes().network == Approx(5.0 / 6.0 * fp8));
  CHECK(apart.combine_bytes().network == Approx(5.0 / 6.0 * 2000.0));
  CHECK(apart.seconds(8192, false) > 2.0 * four.seconds(8192, false));
}

TEST_CASE("an all-reduce over two servers adds up in each, then between them, by hand") {
  // 16 MB in 2 x 4: within a server as among four, then a quarter of it between two servers at 50 GB/s.
  const ExchangeLinks links = links_of(4);
  CHECK(all_reduce_s(16e6, 8, 2, links) == Approx(all_reduce_s(16e6, 4, 322e9) + 2.0 * 15e-6 + 2.0 * 0.5 * 4e6 / 50e9));
  // Four servers of one accelerator: two levels of a tree, and no part within a server.
  CHECK(all_reduce_s(16e6, 4, 4, links) == Approx(4.0 * 15e-6 + 2.0 * 0.75 * 16e6 / 50e9));
  CHECK(all_reduce_s(16e6, 8, 1, links) == all_reduce_s(16e6, 8, 322e9));
}

TEST_CASE("a gather takes the slower of the links and the network, by hand") {
  const ExchangeLinks links = links_of(8);
  CHECK(all_gather_s(8e6, 4, 4, links) == Approx(6e6 / 322e9));
  CHECK(all_gather_s(8e6, 1, 1, links) == 0.0);
  CHECK(all_gather_s(8e6, 4, 2, links) == Approx(15e-6 + 4e6 / 50e9));
  // 15 of 16 parts are on the own server, and one comes over the network.
  CHECK(all_gather_s(16e6, 16, 15, {.link_bytes_per_s = 1e9, .network_bytes_per_s = 50e9, .network_latency_s = 1e-6}) ==
        Approx(1e-6 + 14e6 / 1e9));
}

TEST_CASE("nothing is exchanged where all accelerators of a stage have all tokens, or no experts") {
  const Model model = mixture_of(64, 4, 1000);
  CHECK_FALSE(ExpertExchange(model, Precision::bf16, {.tensor = 8, .expert = 8}, links_of(8)).needed());
  CHECK_FALSE(ExpertExchange(llama_8b(), Precision::bf16, {.data_attention = 8}, links_of(8)).needed());
  CHECK(ExpertExchange(llama_8b(), Precision::bf16, {.data_attention = 8}, links_of(8)).seconds(100, true) == 0.0);
}

TEST_CASE("an exchange takes what DeepEP takes on 8 H100") {
  // ai-dynamo/aiconfigurator, h100_sxm, SGLang 0.5.12: hidden 7168, 8 of 256 experts; dispatch and combine together, of
  // the kernels that are faster: low latency in decode steps up to 128 tokens.
  struct Point {
    double tokens;
    bool decode_only;
    double microseconds;
  };
  const ExpertExchange exchange(mixture_of(256, 8, 7168), Precision::fp8, {.data_attention = 8, .expert = 8},
                                links_of(8));
  for (const Point& point :
       {Point{1, true, 13.194 + 14.402}, Point{32, true, 17.999 + 26.261}, Point{128, true, 36.721 + 66.981},
        Point{256, true, 65.906 + 120.689}, Point{128, false, 48.637 + 82.309}, Point{1024, false, 154.164 + 295.973},
        Point{8192, false, 971.771 + 1839.025}, Point{65536, false, 7466.027 + 13711.060}}) {
    CAPTURE(point.tokens, point.decode_only);
    CHECK(1e6 * exchange.seconds(point.tokens, point.decode_only) == Approx(point.microseconds).epsilon(0.16));
  }
  CHECK(exchange.least_s() == Approx(exchange.seconds(0, true)));
}

}  // namespace
}  // namespace idlewatt
