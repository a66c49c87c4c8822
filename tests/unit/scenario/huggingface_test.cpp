// A config.json of Hugging Face as a model: the same as the catalogue's entry of that model, and sizes as published.
#include "scenario/huggingface/huggingface.hpp"

#include <filesystem>
#include <sstream>

#include "scenario/catalog/figures.hpp"
#include "scenario/catalog/read_catalog.hpp"
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
  // What is alike in name is another architecture: no suggestion.
  CHECK(config_error("{\"model_type\": \"lama\"}").find("did you mean") == std::string::npos);
  CHECK(config_error("{\"model_type\": \"lama\"}")
            .ends_with("an entry of the catalogue with `like:` and its own figures"));
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
            .find("the model has 32 heads on 5 KV heads; expected a multiple of the KV heads") != std::string::npos);
  const std::string moe = read_text_file(config("deepseek-v3"));
  CHECK(config_error(with(moe, "\"num_experts_per_tok\": 8", "\"num_experts_per_tok\": 800"))
            .find("more experts for a token than there are; expected at most 256") != std::string::npos);
  CHECK(config_error(with(moe, "\"moe_layer_freq\": 1", "\"moe_layer_freq\": 2"))
            .find("expected a `moe_layer_freq` of 1") != std::string::npos);
  CHECK(config_error("{\"model_type\": ").starts_with("config.json:"));
}

/// A llama of 32 layers, 4096 wide, with more keys.
std::string llama_with(const std::string& more) {
  return R"({"model_type": "llama", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32,
    "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256, "max_position_embeddings": 8192, )" +
         more + "}";
}
Model llama_read(const std::string& more) {
  const Folder folder;
  return read_huggingface_config(folder.write("config.json", llama_with(more)));
}

TEST_CASE("Models that generate no text are refused") {
  const auto error = [](const std::string& more) { return config_error(llama_with(more)); };
  CHECK(error(R"("architectures": ["LlamaForSequenceClassification"])").find("has no head that generates text") !=
        std::string::npos);
  CHECK(error(R"("architectures": ["LlamaModel"])").find("has no head that generates text") != std::string::npos);
  CHECK(error(R"("peft_type": "LORA")").find("an adapter, no model") != std::string::npos);
  CHECK(error(R"("is_encoder_decoder": true)").find("an encoder with a decoder") != std::string::npos);
  CHECK(error(R"("architectures": ["LlamaForCausalLM"])") == "no error");
}

TEST_CASE("The context is that after the scaling of positions") {
  const auto context = [](const std::string& scaling) {
    return llama_read("\"rope_scaling\": " + scaling).context_tokens;
  };
  CHECK(context("null") == 8192);
  CHECK(context(R"({"type": "linear", "factor": 4.0})") == 32768);
  CHECK(context(R"({"rope_type": "dynamic", "factor": 2.0})") == 16384);
  CHECK(context(R"({"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 4096})") == 16384);
  CHECK(context(R"({"rope_type": "llama3", "factor": 8.0})") == 8192);
  CHECK(config_error(llama_with(R"("rope_scaling": {"rope_type": "spiral", "factor": 2.0})"))
            .find("unknown scaling of positions `spiral`") != std::string::npos);
}

TEST_CASE("A window of the context is no context") {
  const Model model = llama_read(R"("sliding_window": 1024)");
  CHECK(model.kv_bytes(100'000.0) == 1024.0 * 131072.0);
  CHECK(model.kv_bytes(100.0) == 100.0 * 131072.0);
  // One layer in two slides.
  std::string types;
  for (int i = 0; i < 32; ++i) {
    types += std::string(i > 0 ? ", " : "") + (i % 2 == 0 ? "\"sliding_attention\"" : "\"full_attention\"");
  }
  const Model half = llama_read("\"sliding_window\": 1024, \"layer_types\": [" + types + "]");
  CHECK(half.kv_bytes(5000.0) == 65536.0 * (1024.0 + 5000.0));
  CHECK(half.parameters.value == model.parameters.value);
  CHECK(config_error(llama_with("\"layer_types\": [\"full_attention\"]"))
            .find("`layer_types` has 1 items; expected one for each of the 32 layers") != std::string::npos);
}

TEST_CASE("A checkpoint has the bytes that its tensors are stored in") {
  const auto formats = [](const std::string& quantization) {
    return llama_read("\"quantization_config\": " + quantization);
  };
  const double wide = 2.0 * 2.0 * 128256.0 * 4096.0;  // embedding and head
  const double linear = 32.0 * (2.0 * 4096.0 * 4096.0 + 2.0 * 4096.0 * 1024.0 + 3.0 * 4096.0 * 14336.0);
  const Model awq = formats(R"({"quant_method": "awq", "bits": 4, "group_size": 128, "zero_point": true})");
  CHECK(awq.checkpoint.value().precision == Precision::int4);
  CHECK(awq.weight_bytes(Precision::int4) == Approx(wide + linear * (4.0 + 20.0 / 128.0) / 8.0));
  CHECK(awq.weight_bytes(Precision::int4) == Approx(5.73e9).epsilon(0.001));
  const Model block = formats(R"({"quant_method": "fp8", "weight_block_size": [128, 128]})");
  CHECK(block.weight_bytes(Precision::fp8) == Approx(wide + linear * (1.0 + 4.0 / 16384.0)));
  // Its 8-bit floats may be widened; then they are as many bytes.
  CHECK(block.weight_bytes(Precision::int8_weights) == block.weight_bytes(Precision::fp8));
  // Attention of all layers, and the MLPs of the first and the last.
  const Model partly = formats(R"({"quant_method": "fp8", "modules_to_not_convert":
    ["lm_head", "re:.*self_attn.*", "model.layers.0.mlp", "model.layers.31.mlp.*"]})");
  const double attention = 32.0 * (2.0 * 4096.0 * 4096.0 + 2.0 * 4096.0 * 1024.0);
  const double mlp = 3.0 * 4096.0 * 14336.0;
  CHECK(partly.weight_bytes(Precision::fp8) == Approx(wide + 2.0 * attention + 2.0 * 2.0 * mlp + 30.0 * mlp));
  CHECK(partly.checkpoint.value().formats.mixers.precision == Precision::bf16);
  CHECK(partly.checkpoint.value().formats.mlps.precision == Precision::fp8);
  const Model ints =
      formats(R"({"quant_method": "compressed-tensors", "ignore": ["lm_head"], "config_groups": {"group_0":
    {"targets": ["Linear"], "weights": {"num_bits": 8, "type": "int", "strategy": "channel", "symmetric": true},
     "input_activations": {"num_bits": 8, "type": "int"}}}})");
  CHECK(ints.checkpoint.value().precision == Precision::int8);
  CHECK(ints.weight_bytes(Precision::int8) == Approx(wide + linear));
  const Model floats = formats(R"({"quant_method": "modelopt", "quant_algo": "NVFP4", "ignore": ["lm_head"]})");
  CHECK(floats.checkpoint.value().precision == Precision::nvfp4);
  CHECK(floats.weight_bytes(Precision::nvfp4) == Approx(wide + linear * 4.5 / 8.0));
  const Model bits =
      formats(R"({"quant_method": "bitsandbytes", "load_in_4bit": true, "bnb_4bit_use_double_quant": true})");
  CHECK(bits.weight_bytes(Precision::int4) == Approx(wide + linear * 4.127 / 8.0).epsilon(1e-4));
  CHECK(config_error(llama_with(R"("quantization_config": {"quant_method": "hqq"})"))
            .find("unknown quant_method `hqq`") != std::string::npos);
}

TEST_CASE("A config.json that is not there, or a model like another one too") {
  CHECK(error_of(std::string(kScenario) + "catalog: {models: {mine: {huggingface: nowhere.json}}}\n")
            .find("there is no file") != std::string::npos);
  CHECK(error_of(std::string(kScenario) + "catalog: {models: {mine: {like: llama-3-8b, huggingface: c.json}}}\n")
            .find("has both `like` and `huggingface`") != std::string::npos);
}

}  // namespace
}  // namespace idlewatt::test
