// Queries of Prometheus and formulas of KEDA: what each form gives of a pool whose state is known, and where each that
// is not read is refused.
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "scenario/manifest/formula.hpp"
#include "scenario/manifest/promql.hpp"
#include "support/catch.hpp"

namespace idlewatt::test {
namespace {

YamlNode node(const std::string& text) {
  return {.kind = YamlNode::Kind::scalar, .place = {.origin = "m.yaml", .line = 3, .column = 5}, .scalar = text};
}

/// Three ready replicas, one request that waits for one; after 60 s of 2 requests/s and 10, 20 and 30 tokens/s.
class Pool {
 public:
  Pool() {
    for (std::int64_t at_s = 0; at_s <= 60; at_s += 15) {
      looks_.push_back(view_at(at_s));
    }
  }

  SignalValue value(const Signal& signal) {
    SignalHistory history;
    history.expect(signal);
    for (const AutoscaleView& look : looks_) {
      history.look(look);
    }
    return history.evaluate(signal, looks_.back());
  }
  SignalValue value(const std::string& query) { return value(parse_promql(node(query)).signal); }

 private:
  AutoscaleView view_at(std::int64_t at_s) {
    AutoscaleView view{.now = at_s * kTicksPerSecond, .target = 3, .ready = 3, .unrouted = 1};
    for (std::int32_t i = 0; i < 3; ++i) {
      view.replicas.push_back({.replica = ReplicaId(i),
                               .running = 10 * (i + 1),
                               .waiting = i + at_s / 15,  // grows by one a look
                               .busy_share = 0.25 * (i + 1),
                               .prompt_tokens = 100 * at_s,
                               .output_tokens = 10 * (i + 1) * at_s});
    }
    PoolCounters& counters = counters_[static_cast<std::size_t>(at_s / 15)];
    counters.arrivals = 2 * at_s;
    counters.served = at_s;
    for (std::int64_t i = 0; i < at_s; ++i) {
      counters.ttft.add(i % 10 == 0 ? 0.9 : 0.3);  // of ten, nine in (0.25, 0.3], one in (0.8, 1]
      counters.e2e.add(12.0);
    }
    view.counters = &counters;
    return view;
  }

  std::array<PoolCounters, 5> counters_;
  std::vector<AutoscaleView> looks_;
};

double one(const std::string& query) {
  const SignalValue value = Pool().value(query);
  REQUIRE((value.is_scalar || value.series.size() == 1));
  return value.total();
}

std::string problem(const std::string& query) {
  try {
    parse_promql(node(query));
  } catch (const InputError& error) {
    return error.what();
  }
  return "read";
}

bool refused(const std::string& query, const std::string& part) {
  const std::string message = problem(query);
  INFO(query << ": " << message);
  CHECK(message.rfind("m.yaml:3:5: `query`, character ", 0) == 0);
  const bool found = message.find(part) != std::string::npos;
  CHECK(found);
  return found;
}

}  // namespace

TEST_CASE("promql: a metric by its name, with labels that all replicas share", "[promql]") {
  CHECK(Pool().value("vllm:num_requests_running").series.size() == 3);
  CHECK(Pool().value("vllm:num_requests_running").total() == 60.0);
  CHECK(Pool().value("vllm:num_requests_waiting{model=\"m\", namespace=~\"a|b\"}").series.size() == 4);  // one at none
  CHECK(one("sum(vllm_num_requests_running)") == 60.0);
  CHECK(one("sum({__name__=\"vllm:num_requests_running\", job='x'})") == 60.0);
  CHECK(one("sum(nv_trt_llm_request_metrics{request_type=\"waiting\"})") == 4 + 5 + 6 + 1);
  CHECK(one("sum(nv_trt_llm_request_metrics{request_type=\"active\"})") == 60 + 16);
}

TEST_CASE("promql: aggregations", "[promql]") {
  CHECK(one("sum(vllm:num_requests_running)") == 60.0);
  CHECK(one("avg(vllm:num_requests_running)") == 20.0);
  CHECK(one("max(vllm:num_requests_running)") == 30.0);
  CHECK(one("min(vllm:num_requests_running)") == 10.0);
  CHECK(one("count(vllm:num_requests_running)") == 3.0);
  CHECK(one("sum by (model_name) (vllm:num_requests_running)") == 60.0);
  CHECK(one("sum(vllm:num_requests_running) by (namespace)") == 60.0);
  CHECK(Pool().value("max by (pod) (vllm:num_requests_running)").series.size() == 3);
  CHECK(one("max(sum by (pod) (vllm:num_requests_running))") == 30.0);
  CHECK(one("avg(DCGM_FI_DEV_GPU_UTIL)") == 50.0);
  CHECK(one("avg(dcgm_fi_dev_gpu_util)") == 50.0);
  CHECK(one("avg(nv_gpu_utilization)") == 0.5);
}

TEST_CASE("promql: rates and values over time", "[promql]") {
  CHECK(one("sum(rate(http_requests_total[1m]))") == 2.0);
  CHECK(one("sum(rate(http_requests_total[2m]))") == 1.0);  // none in the first of the two
  CHECK(one("sum(increase(istio_requests_total{reporter=\"source\"}[30s]))") == 60.0);
  CHECK(one("sum(rate(http_requests_total[20s]))") == 2.0);  // between two looks, evenly
  CHECK(one("sum(irate(http_requests_total[5m]))") == 2.0);
  CHECK(one("sum(rate(vllm:generation_tokens_total[1m]))") == 60.0);
  CHECK(one("max(rate(vllm:generation_tokens_total[1m]))") == 30.0);
  CHECK(one("sum(vllm:avg_generation_throughput_toks_per_s)") == 60.0);
  CHECK(one("sum(avg_over_time(vllm:avg_generation_throughput_toks_per_s[30s]))") == 60.0);
  CHECK(one("max(max_over_time(vllm:num_requests_waiting[1m]))") == 6.0);
  CHECK(one("max(min_over_time(vllm:num_requests_waiting[30s]))") == 5.0);  // looks at 45 s and 60 s
  CHECK(one("max(avg_over_time(vllm:num_requests_waiting[30s]))") == 5.5);
  CHECK(one("max(sum_over_time(vllm:num_requests_waiting[30s]))") == 11.0);
  CHECK(one("max(count_over_time(vllm:num_requests_waiting[1m]))") == 4.0);
  CHECK(one("max(last_over_time(vllm:num_requests_waiting[1m]))") == 6.0);
  CHECK(one("max(deriv(vllm:num_requests_waiting[1m]))") == Approx(1.0 / 15.0));
}

TEST_CASE("promql: quantiles of latencies, linear within a bucket", "[promql]") {
  // Nine of ten in (0.25, 0.3], one in (0.8, 1]: the 95th percentile is half-way up the last bucket.
  CHECK(one("histogram_quantile(0.95, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket[1m])))") ==
        Approx(0.9));
  CHECK(one("histogram_quantile(0.45, sum(rate(vllm:time_to_first_token_seconds_bucket[1m])) by (le))") ==
        Approx(0.275));
  CHECK(one("histogram_quantile(0.5, sum(rate(vllm:e2e_request_latency_seconds_bucket[30s])) by (le, model_name))") ==
        Approx(12.5));
  CHECK(one("sum(rate(vllm:time_to_first_token_seconds_sum[1m])) / "
            "sum(rate(vllm:time_to_first_token_seconds_count[1m]))") == Approx(0.36));
  CHECK(std::isnan(one("histogram_quantile(0.9, sum by (le) (rate(vllm:time_per_output_token_seconds_bucket[1m])))")));
}

TEST_CASE("promql: arithmetic, comparisons, or", "[promql]") {
  CHECK(one("1 + 2 * 3 ^ 2 - -4 % 3") == 20.0);
  CHECK(one("2 ^ 3 ^ 2") == 512.0);
  CHECK(one("-2 ^ 2") == -4.0);
  CHECK(one("(1 + 2) * 3") == 9.0);
  CHECK(one("1e3 / 0.5") == 2000.0);
  CHECK(one("sum(vllm:num_requests_running) * 100") == 6000.0);
  CHECK(one("max(vllm:num_requests_running) / 256 * 100") == Approx(11.71875));
  CHECK(one("sum(vllm:num_requests_running) + sum(vllm:num_requests_waiting)") == 76.0);
  CHECK(one("sum(vllm:num_requests_running + vllm:num_requests_waiting)") == 75.0);  // replica by replica
  CHECK(one("sum(vllm:num_requests_running) / count(vllm:num_requests_running)") == 20.0);
  CHECK(one("sum(vllm:num_requests_running > bool 15)") == 2.0);
  CHECK(one("count(vllm:num_requests_running > 15)") == 2.0);
  CHECK(one("3 > bool 2") == 1.0);
  CHECK(one("sum(vllm:num_requests_running) >= bool 61") == 0.0);
  CHECK(one("sum(vllm:num_requests_running > 100) or vector(0)") == 0.0);
  CHECK(one("sum(vllm:num_requests_running) or on() vector(7)") == 60.0);
  CHECK(Pool().value("sum(vllm:num_requests_running > 100)").series.empty());
  CHECK(one("scalar(sum(vllm:num_requests_running)) / 2") == 30.0);
  CHECK(one("ceil(sum(vllm:num_requests_running) / 7)") == 9.0);
  CHECK(one("clamp_max(sum(vllm:num_requests_running), 50)") == 50.0);
  CHECK(one("clamp_min(floor(abs(-0.5)), round(1.5))") == 2.0);
}

TEST_CASE("promql: what is not read is refused, with its place", "[promql]") {
  refused("topk(3, vllm:num_requests_running)",
          "character 1 (`topk(3, vllm:num_requests_running)`): `topk` is not read");
  refused("sum(my_metric)", "character 5 (`my_metric)`): the metric `my_metric` is not simulated");
  refused("avg(trtllm_kv_cache_utilization)", "it is the share of the KV cache in use");
  refused("sum without (pod) (vllm:num_requests_running)", "`without` is not read");
  refused("sum(vllm:num_requests_running offset 5m)", "`offset` is not read");
  refused("max_over_time(sum(vllm:num_requests_running)[5m:15s])", "a subquery is not read");
  refused("rate(vllm:generation_tokens_total[5m:15s])", "a subquery is not read");
  refused("sum(rate(vllm:num_requests_running[5m]))", "`rate` of a gauge");
  refused("sum(rate(vllm:generation_tokens_total))", "`rate` of no range");
  refused("vllm:generation_tokens_total[5m]", "the result is a range");
  refused("avg(rate(http_requests_total[1m]))", "counted for the whole pool; expected `sum`");
  refused("sum(rate(http_requests_total{code=~\"5..\"}[1m]))", "selects are not simulated apart");
  refused("sum by (code) (rate(http_requests_total[1m]))", "not counted apart by `code`");
  refused("sum(rate(vllm:time_to_first_token_seconds_bucket[1m]))", "the buckets of a latency are added up");
  refused("histogram_quantile(0.9, rate(vllm:time_to_first_token_seconds_bucket[1m]))", "expected `sum by (le)");
  refused("histogram_quantile(0.9, sum(vllm:num_requests_running))", "the buckets of a latency");
  refused("vllm:num_requests_running * on(pod) vllm:num_requests_waiting", "matching by labels is not read");
  refused("vllm:num_requests_running and vllm:num_requests_waiting", "`and` is not read");
  refused("1 > 2", "expected `> bool`");
  refused("sum(vllm:num_requests_running", "character 30 (its end): expected `)`");
  refused("sum(vllm:num_requests_running) 3", "the query goes on after its end");
  refused("sum(vllm:num_requests_running) +", "expected a metric, a number or a function");
  refused("sum(vllm:num_requests_running{model=\"m})", "a text has no end");
  refused("sum(rate(http_requests_total[5x]))", "expected a duration such as `5m`");
  refused("sum(rate(http_requests_total[0s]))", "above 0");
  refused("$x", "`$` has no meaning here");
  refused(std::string(200, '('), "nested deeper");
  CHECK(problem("").find("`query` is no text") != std::string::npos);
}

TEST_CASE("promql: several series, and metrics that need a replica, are known", "[promql]") {
  CHECK(parse_promql(node("vllm:num_requests_waiting")).several_series);
  CHECK_FALSE(parse_promql(node("sum(vllm:num_requests_waiting)")).several_series);
  CHECK(parse_promql(node("sum(vllm:num_requests_waiting)")).engine_metrics);
  CHECK_FALSE(parse_promql(node("sum(rate(http_requests_total[1m]))")).engine_metrics);
}

TEST_CASE("keda formulas", "[promql]") {
  const std::vector<std::string> names{"waiting", "", "kv"};
  const auto value = [&](const std::string& formula) {
    return SignalHistory().evaluate(parse_keda_formula(node(formula), names), {}, {12.0, 3.0, 0.95}).total();
  };
  CHECK(value("waiting + 2 * kv") == Approx(13.9));
  CHECK(value("kv > 0.9 ? waiting + 40 : waiting") == 52.0);
  CHECK(value("kv > 0.99 ? waiting + 40 : waiting") == 12.0);
  CHECK(value("kv > 0.9 && waiting < 10 || waiting == 12 ? 1 : 0") == 1.0);
  CHECK(value("!(waiting >= 12) ? 1 : kv != 0.95 ? 2 : 3") == 3.0);
  CHECK(value("max([waiting, kv, 40]) - min(waiting, 5)") == 35.0);
  CHECK(value("mean([waiting, 4]) + sum(1, 2)") == 11.0);
  CHECK(value("ceil(waiting / 5) + floor(kv) + round(2.5) + abs(-1) + int(float(7.9))") == 14.0);
  CHECK(value("2 ** 3 % 5") == 3.0);
  const auto error = [&](const std::string& formula) -> std::string {
    try {
      parse_keda_formula(node(formula), names);
    } catch (const InputError& problem) {
      return problem.what();
    }
    return "read";
  };
  CHECK(error("waitin + 1").find("no trigger is called `waitin`; expected one of `waiting`, `kv`; did you mean") !=
        std::string::npos);
  CHECK(error("count([waiting], {# > 1})").find("`{` has no meaning here") != std::string::npos);
  CHECK(error("waiting ? 1").find("expected `:`") != std::string::npos);
  CHECK(error("median([waiting, kv])").find("`median` with these arguments is not read") != std::string::npos);
  CHECK(error("waiting kv").find("goes on after its end") != std::string::npos);
}

TEST_CASE("metrics by the names of monitoring", "[promql]") {
  const auto metric = [](const std::string& name) {
    const auto found = find_metric(name);
    return found ? std::string(metric_info(found->metric).name) : "none";
  };
  CHECK(metric("vllm:num_requests_running") == "running");
  CHECK(metric("vllm_num_requests_waiting") == "queue");
  CHECK(metric("prometheus.googleapis.com|vllm:num_requests_waiting|gauge") == "queue");
  CHECK(metric("sglang:num_running_reqs") == "running");
  CHECK(metric("sglang:num_queue_reqs") == "queue");
  CHECK(metric("tgi_batch_current_size") == "running");
  CHECK(metric("tgi_queue_size") == "queue");
  CHECK(metric("nv_inference_pending_request_count") == "queue");
  CHECK(metric("dynamo_frontend_queued_requests") == "queue");
  CHECK(metric("dynamo_frontend_inflight_requests") == "ongoing");
  CHECK(metric("istio_requests_total") == "rate");
  CHECK(metric("envoy_cluster_upstream_rq_total") == "rate");
  CHECK(metric("nginx_ingress_controller_requests") == "rate");
  CHECK(metric("DCGM_FI_DEV_GPU_UTIL") == "utilisation");
  CHECK(metric("dcgm_fi_dev_gpu_util") == "utilisation");
  CHECK(metric("vllm:e2e_request_latency_seconds_bucket") == "latency");
  CHECK(metric("container_cpu_usage_seconds_total") == "none");
  const auto guess = [](const std::string& name) {
    const auto found = guess_metric(name);
    return found ? std::string(metric_info(found->metric).name) : "none";
  };
  CHECK(guess("queue_depth_total") == "queue");
  CHECK(guess("requests_running_total") == "running");
  CHECK(guess("my_requests_per_second") == "rate");
  CHECK(guess("pool_rps") == "rate");
  CHECK(guess("inflight_requests") == "ongoing");
  CHECK(guess("queue_time_seconds") == "none");
  CHECK(guess("my_own") == "none");
  for (const MetricInfo& info : metric_table()) {
    CHECK(&metric_info(info.metric) == &info);  // in the order of `Metric`
  }
}

}  // namespace idlewatt::test
