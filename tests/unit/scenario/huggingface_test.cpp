// A config.json of Hugging Face as a model: the same as the catalogue's entry of that model, and sizes as published.
#include "scenario/huggingface.hpp"

#include <filesystem>
#include <sstream>

#include "scenario/figures.hpp"
#include "scenario/read_catalog.hpp"
#include "scenario_text.hpp"
#include "support/catch.hpp"
#include "support/source_dir.hpp"

namespace idlewatt::test {
namespace {

std::string config(const std::string& name) {
  return source_dir() + "/tests/unit/scenario/huggingface/" + name + ".json";
}

/// Everything that the physics reads of a model's shape.
std::string shape_text(const Model& model) {
  std::ostringstream text;
  each_model_count(model, [&](const char* key, int number) { text << key << " " << number << "\n"; });
  const auto part = [&](const char* key, int number, int) { text << key << " " << number << "\n"; };
  if (model.latent) {
    each_latent_count(*model.latent, part);
  }
  if (model.mixture) {
    each_mixture_count(*model.mixture, part);
  }
  text << "gated " << model.gated_mlp << " tied " << model.tied_embeddings << "\n";
  return text.str();
}

std::string config_error(const std::string& text) {
  const Folder folder;
  try {
    read_huggingface_config(folder.write("config.json", text));
  } catch (const InputError& error) {
    return folder.relative(error.what());
  }
  return "no error";
}

TEST_CASE("A config.json gives the shape that the catalogue has for the model") {
  const Catalog catalog = read_platforms(source_dir() + "/platforms");
  for (const char* name : {"llama-2-7b", "llama-3-70b", "mistral-7b", "qwen2-7b", "gemma-7b", "mixtral-8x7b",
                           "deepseek-v2", "deepseek-v3", "bloom-176b"}) {
    INFO(name);
    const Model model = read_huggingface_config(config(name));
    const Model& entry = catalog.models.at(name);
    CHECK(shape_text(model) == shape_text(entry));
    CHECK(model.parameters.value == Approx(entry.parameters.value).epsilon(0.03));
    CHECK(model.active_parameters.value == Approx(entry.active_parameters.value).epsilon(0.03));
    CHECK(model.parameters.status == Status::derived);
  }
}

TEST_CASE("Sizes of other models, counted from their config.json, are those that they are named by") {
  const auto billions = [](const char* name) { return read_huggingface_config(config(name)).parameters.value / 1e9; };
  CHECK(billions("falcon-40b") == Approx(41.8).epsilon(0.03));
  CHECK(billions("falcon-7b") == Approx(6.9).epsilon(0.03));
  CHECK(billions("gpt-neox-20b") == Approx(20.6).epsilon(0.03));
  CHECK(billions("opt-66b") == Approx(65.7).epsilon(0.03));
  CHECK(billions("qwen3-30b-a3b") == Approx(30.5).epsilon(0.03));
  CHECK(billions("gpt2") == Approx(0.124).epsilon(0.03));
  CHECK(read_huggingface_config(config("qwen3-30b-a3b")).active_parameters.value == Approx(3.3e9).epsilon(0.03));
  CHECK(read_huggingface_config(config("falcon-7b")).kv_heads == 1);
  CHECK(read_huggingface_config(config("falcon-40b")).kv_heads == 8);
}

TEST_CASE("A scenario names a config.json as a model, in its own catalogue or in a file of it") {
  const Folder folder;
  folder.write("chat.yaml", kWorkload);
  folder.write("config.json", read_text_file(config("llama-2-7b")));
  const auto with_model = [&](const std::string& catalog) {
    std::string text = with(kScenario, "model: llama-3-8b, slo", "model: mine, slo");
    text = with(text, "    model: llama-3-8b", "    model: mine") + catalog;
    return load_scenario(folder.write("s.yaml", text), options_with())[0].catalog->models.at("mine");
  };
  const Model inside = with_model("catalog: {models: {mine: {huggingface: config.json}}}\n");
  CHECK(inside.layers == 32);
  CHECK(inside.name == "mine");
  CHECK(inside.title == "mine");
  std::filesystem::create_directory(folder("more"));
  folder.write("more/mine.yaml",
               "models:\n  mine:\n    title: My own\n    huggingface: ../config.json\n    context_tokens: 2048\n"
               "    training: {value: 10 MWh, status: measured, source: my meter}\n");
  const Model from_file = with_model("catalog: [more/mine.yaml]\n");
  CHECK(from_file.title == "My own");
  CHECK(from_file.context_tokens == 2048);
  CHECK(from_file.training_mwh.value().value == 10.0);
  CHECK(from_file.parameters.value == inside.parameters.value);
  // Files and entries together, the later one last.
  CHECK(with_model("catalog: [more/mine.yaml, {models: {mine: {context_tokens: 512}}}]\n").context_tokens == 512);
}

TEST_CASE("What is wrong with a config.json is said in one line") {
  CHECK(config_error("{\"model_type\": \"lama\"}").starts_with("config.json:1:16: unknown model_type `lama`"));
  CHECK(config_error("{\"model_type\": \"lama\"}").ends_with("did you mean `llama`?"));
  CHECK(config_error("{\"hidden_size\": 4}")
            .starts_with("config.json:1:1: key `model_type` is missing; expected a config.json of Hugging Face"));
  CHECK(config_error("[1, 2]") ==
        "config.json:1:1: not a config.json of Hugging Face; expected an object with the key `model_type`");
  CHECK(config_error("{\"model_type\": \"llama\"}") ==
        "config.json:1:1: key `num_hidden_layers` is missing in a config.json of the model_type `llama`; expected a "
        "whole number, under one of the names `num_hidden_layers`, `n_layer`, `num_layers`");
  const std::string llama = read_text_file(config("llama-2-7b"));
  CHECK(config_error(with(llama, "\"hidden_size\": 4096", "\"hidden_size\": \"wide\""))
            .find(": `hidden_size`: `wide` does not begin with a number; expected ") != std::string::npos);
  CHECK(config_error(with(llama, "\"hidden_size\": 4096", "\"hidden_size\": 4100"))
            .find("a hidden state of 4100 is not divided by 32 heads; expected `head_dim`") != std::string::npos);
  CHECK(config_error(with(llama, "\"num_attention_heads\": 32",
                          "\"num_attention_heads\": 32, "
                          "\"num_key_value_heads\": 5"))
            .find("the model has 32 heads on 5 KV heads; expected a multiple") != std::string::npos);
  const std::string moe = read_text_file(config("deepseek-v3"));
  CHECK(config_error(with(moe, "\"num_experts_per_tok\": 8", "\"num_experts_per_tok\": 800"))
            .find("more experts for a token than there are; expected at most 256") != std::string::npos);
  CHECK(config_error(with(moe, "\"moe_layer_freq\": 1", "\"moe_layer_freq\": 2"))
            .find("expected a `moe_layer_freq` of 1") != std::string::npos);
  CHECK(config_error("{\"model_type\": ").starts_with("config.json:"));
}

TEST_CASE("A config.json that is not there, or a model like another one too") {
  CHECK(error_of(std::string(kScenario) + "catalog: {models: {mine: {huggingface: nowhere.json}}}\n")
            .find("there is no file") != std::string::npos);
  CHECK(error_of(std::string(kScenario) + "catalog: {models: {mine: {like: llama-3-8b, huggingface: c.json}}}\n")
            .find("has both `like` and `huggingface`") != std::string::npos);
}

}  // namespace
}  // namespace idlewatt::test
