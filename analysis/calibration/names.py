"""Names of entries and sources that several steps use."""

VLLM, TRTLLM, SPLITWISE, HELIX = "vllm-2025", "tensorrt-llm-2024", "splitwise-2023", "helix-2024"
KERNELS = "ai-dynamo/aiconfigurator, a100_sxm"
BENCH = "argonne-lcf/LLM-Inference-Bench (llm_inference_bench_a100_llama3_8b.csv)"
# Figures of the board and of an engine's kernels on which whole servings rest, beside those fitted to them.
BOARD_GIVEN = ("bandwidth_efficiency", "compute_efficiency", "attention_efficiency")
ENGINE_GIVEN = ("layer_overhead", "attention_overhead", "elementwise_factor")
