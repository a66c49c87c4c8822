#include <nlohmann/json.hpp>

#include "cli/physics/text.hpp"

namespace idlewatt {

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const StepRow& row) {
  Json json = {{"fits_kv_blocks", row.in_memory},
               {"step_s", row.step_s},
               {"tokens_per_s", row.tokens_per_s},
               {"accelerator_power_w", row.accelerator_power_w},
               {"energy_per_token_j", row.energy_per_token_j}};
  if (row.parts) {
    json.update({{"overhead_s", row.parts->overhead_s},
                 {"linear_s", row.parts->linear_s},
                 {"attention_s", row.parts->attention_s},
                 {"links_s", row.parts->links_s},
                 {"layers_s", row.parts->layers_s},
                 {"clock_hz", row.parts->clock_hz}});
  }
  return json;
}

Json optional_number(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

/// What follows from the model's layers, of all accelerators together.
Json shape_of(const Model& model, Precision precision, KvFormat kv) {
  Json kinds = Json::array();
  double growing = 0.0;
  double windowed = 0.0;
  for (const KvKind& kind : model.kv_kinds()) {
    const double bytes = kind.borrowed ? 0.0 : kind.layers * kind.elements * kv_element_bytes(kv);
    (kind.kept > 0 ? windowed : growing) += bytes;
    kinds.push_back({{"layers", kind.layers},
                     {"bytes_per_token", bytes},
                     {"kept_tokens", kind.kept > 0 ? Json(kind.kept) : Json(nullptr)},
                     {"read_tokens", kind.read > 0 ? Json(kind.read) : Json(nullptr)}});
  }
  return {{"parameters", model.parameters.value},
          {"active_parameters", model.active_parameters.value},
          {"context_tokens", model.context_tokens},
          {"weight_bytes", model.weight_bytes(precision)},
          {"kv_growing_bytes_per_token", growing},
          {"kv_windowed_bytes_per_token", windowed},
          {"state_bytes_per_sequence", model.state_bytes()},
          {"kv_kinds", std::move(kinds)}};
}

}  // namespace

std::string physics_json(const PhysicsAnswer& answer) {
  const Pool& pool = answer.pool;
  const Accelerator& a = *answer.accelerator;
  Json json;
  json["model"] = pool.model;
  json["precision"] = to_string(pool.precision);
  json["kv_cache_dtype"] = to_string(pool.kv_format);
  json["engine"] = pool.engine;
  json["accelerator"] = pool.accelerator;
  json["server"] = pool.server;
  json["tensor_parallel"] = pool.parallel.tensor;
  json["pipeline_parallel"] = pool.parallel.pipeline;
  if (pool.parallel.data_attention > 1 || pool.parallel.expert > 1) {
    json["data_attention"] = pool.parallel.data_attention;
    json["expert_parallel"] = pool.parallel.expert;
    json["expert_imbalance"] = pool.parallel.expert_imbalance;
    json["redundant_experts"] = pool.parallel.redundant_experts;
  }
  json["power_cap_w"] = optional_number(pool.power_cap_w);
  json["clock_limit_hz"] = optional_number(pool.clock_limit_hz);
  json["step_times"] = pool.step_times ? Json(pool.step_times->path) : Json(nullptr);
  json["memory"] = {{"accelerator_bytes", a.memory_bytes.value},
                    {"usable_bytes", answer.memory.usable_bytes},
                    {"weight_bytes", answer.memory.weight_bytes},
                    {"activation_bytes", answer.memory.activation_bytes},
                    {"reserve_bytes", answer.memory.reserve_bytes},
                    {"kv_bytes", answer.memory.kv_bytes},
                    {"kv_bytes_per_token", answer.model->kv_bytes_per_token(pool.parallel.tensor, pool.kv_format)},
                    {"state_bytes_per_sequence", answer.model->state_bytes(pool.parallel.tensor)},
                    {"kv_blocks", answer.memory.kv_blocks},
                    {"kv_blocks_per_page", answer.memory.layout.blocks_per_page()},
                    {"kv_tokens", answer.kv_tokens()}};
  json["shape"] = shape_of(*answer.model, pool.precision, pool.kv_format);
  json["decode"] = Json::array();
  for (const StepRow& row : answer.decode) {
    Json step = {{"batch", row.batch}, {"context_tokens", row.context}};
    step.update(json_of(row));
    json["decode"].push_back(std::move(step));
  }
  json["prefill"] = Json::array();
  for (const StepRow& row : answer.prefill) {
    Json step = {{"prompt_tokens", row.prompt}, {"computed_tokens", row.context}};
    if (answer.together > 1) {
      step["prompts"] = answer.together;
    }
    step.update(json_of(row));
    json["prefill"].push_back(std::move(step));
  }
  json["idle"] = {{"idle_empty_w", a.idle_empty_w.value}, {"idle_loaded_w", a.idle_loaded_w.value},
                  {"parked_w", a.parked_w.value},         {"deep_parked_w", a.deep_parked_w.value},
                  {"loading_w", a.loading_w.value},       {"board_limit_w", a.board_limit_w.value}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace idlewatt
