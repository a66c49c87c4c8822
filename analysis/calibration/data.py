"""Reads each public data set into a table in SI units. The folder is $IDLEWATT_DATA or ../shared/data."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd


def folder() -> Path:
    """Folder of the data sets; raises FileNotFoundError with what to set when there is none."""
    given = os.environ.get("IDLEWATT_DATA")
    if given:
        candidates = [Path(given)]
    else:
        here = Path(__file__).resolve()
        candidates = [up / "shared" / "data" for up in [Path.cwd(), *Path.cwd().parents, *here.parents]]
    for candidate in candidates:
        if (candidate / "perf").is_dir():
            return candidate
    raise FileNotFoundError("no data: set IDLEWATT_DATA to the folder that has perf/ and power/")


def _aiconfigurator(name: str) -> pd.DataFrame:
    table = pd.read_csv(folder() / "perf" / "aiconfigurator" / f"{name}_perf.csv.gz")
    table["seconds"] = table.latency / 1e3
    return table


def gemm(device: str = "a100_sxm", dtype: str = "bfloat16") -> pd.DataFrame:
    """Matrix products m x k by k x n of at least 1024 x 1024 weights and at most 8192 rows."""
    version = {"a100_sxm": "0.14.0", "l40s": "0.24.0"}[device]
    t = _aiconfigurator(f"{device}_gemm_vllm_{version}_gemm")
    t = t[(t.gemm_dtype == dtype) & t.n.between(1024, 50000) & t.k.between(1024, 50000) & (t.m <= 8192)]
    return t.reset_index(drop=True)


def attention(phase: str, device: str = "a100_sxm") -> pd.DataFrame:
    """Flash attention of vLLM with 128-wide heads and 16-bit cache; phase `context` or `generation`."""
    version, kernel = {"a100_sxm": ("0.14.0", "vllm_flash_attn"), "l40s": ("0.24.0", "vllm_flash_attn_fa2")}[device]
    t = _aiconfigurator(f"{device}_attention_vllm_{version}_{phase}_attention")
    t = t[(t.head_dim == 128) & (t.kernel_source == kernel) & (t.kv_cache_dtype == "bfloat16") & (t.num_heads >= 4)]
    if "window_size" in t:
        t = t[t.window_size == 0]
    if phase == "context":
        return t[t.isl >= 64].reset_index(drop=True)
    t = t.assign(context=t.step + t.isl)
    return t[(t.context >= 64) & (t.batch_size <= 512) & (t.context * t.batch_size <= 4e6)].reset_index(drop=True)


def mla(phase: str) -> pd.DataFrame:
    """Multi-head latent attention of TensorRT-LLM on A100; at least 8 heads; phase `context` or `generation`."""
    t = _aiconfigurator(f"a100_sxm_mla_trtllm_1.0.0_{phase}_mla")
    t = t[(t.kv_cache_dtype == "bfloat16") & (t.num_heads >= 8)]
    if phase == "context":
        return t[t.isl >= 64].reset_index(drop=True)
    t = t.assign(context=t.step + t.isl)
    return t[t.context.between(64, 32768)].reset_index(drop=True)


def moe() -> pd.DataFrame:
    """Fused mixture of experts without expert parallelism, milder of the two skewed routings."""
    t = _aiconfigurator("a100_sxm_moe_vllm_0.14.0_moe")
    keep = (t.distribution == "power_law_1.01") & (t.moe_ep_size == 1) & (t.moe_tp_size <= 16)
    return t[keep].reset_index(drop=True)


def all_reduce() -> pd.DataFrame:
    """All-reduces over NVLink. The file's `message_size` counts elements of two bytes, not bytes: the jump at 4 Mi is
    vLLM's limit of 8 MiB for its own kernel, and vidur's all-reduces, in bytes, agree only then."""
    t = _aiconfigurator("a100_sxm_comm_vllm_0.14.0_custom_allreduce")
    t = t[t.backend == "vllm_graph"]
    return t.assign(bytes=t.message_size * 2.0).reset_index(drop=True)


def _kernels(name: str) -> pd.DataFrame:
    """A table of aiconfigurator's second delivery, or of the first."""
    for place in ("kernels", "perf"):
        path = folder() / place / "aiconfigurator" / f"{name}_perf.csv.gz"
        if path.is_file():
            table = pd.read_csv(path)
            table["seconds"] = table.latency / 1e3
            return table
    raise FileNotFoundError(f"no {name} in {folder()}")


def products(name: str, dtype: str) -> pd.DataFrame:
    """Matrix products m x k by k x n of a device and engine (`h100_sxm_gemm_vllm_0.24.0`), medians of repeated rows."""
    t = _kernels(f"{name}_gemm")
    t = t[(t.gemm_dtype == dtype) & t.n.between(1024, 50000) & t.k.between(1024, 50000) & (t.m <= 8192)]
    return t.groupby(["m", "n", "k"]).seconds.median().reset_index()


SIXTEEN_BITS = ("bfloat16", "float16")


def _attention(name: str, cache: Sequence[str] = SIXTEEN_BITS) -> pd.DataFrame:
    """Of 128-wide heads over the whole context, at least 4 heads, computed in 16 bits."""
    t = _kernels(name)
    t = t[(t.head_dim == 128) & t.kv_cache_dtype.isin(cache) & (t.num_heads >= 4) & t.attn_dtype.isin(SIXTEEN_BITS)]
    if "window_size" in t:
        t = t[t.window_size == 0]
    t = t[t.kernel_source == t.kernel_source.mode()[0]]
    return t.assign(kv_heads=t.num_key_value_heads.where(t.num_key_value_heads > 0, t.num_heads))


def decode_attention(name: str, cache: Sequence[str] = SIXTEEN_BITS) -> pd.DataFrame:
    t = _attention(f"{name}_generation_attention", cache)
    t = t.assign(context=t.step + t.isl)
    return t[(t.context >= 64) & (t.batch_size <= 512) & (t.context * t.batch_size <= 4e6)].reset_index(drop=True)


def prefill_attention(name: str, cache: Sequence[str] = SIXTEEN_BITS) -> pd.DataFrame:
    t = _attention(f"{name}_context_attention", cache)
    return t[(t.isl >= 64) & (t.step == 0) & (t.seconds > 50e-6)].reset_index(drop=True)


def latent_attention(name: str, cache: str = "bfloat16") -> pd.DataFrame:
    """Decode with latent attention at 16 bits, at least 8 heads: kernels, or modules with the products around them."""
    t = _kernels(name)
    t = t[(t.kv_cache_dtype == cache) & (t.num_heads >= 8) & (t.seconds > 100e-6)]
    if "gemm_type" in t:
        t = t[t.gemm_type == "bfloat16"]
    t = t.assign(context=t.step + t.isl)
    return t[t.context.between(64, 131072)].reset_index(drop=True)


def experts(name: str, dtype: str) -> pd.DataFrame:
    """Fused mixture of experts without expert parallelism, milder of the two skewed routings."""
    t = _kernels(f"{name}_moe")
    keep = (t.moe_dtype == dtype) & (t.distribution == "power_law_1.01") & (t.moe_ep_size == 1) & (t.moe_tp_size <= 16)
    return t[keep].reset_index(drop=True)


def all_reduces(name: str) -> pd.DataFrame:
    """All-reduces with CUDA graphs where the table tells; sizes count elements of two bytes."""
    t = _kernels(f"{name}_custom_allreduce")
    if "backend" in t:
        t = t[t.backend.str.contains("graph")]
    return t.assign(bytes=t.message_size * 2.0).reset_index(drop=True)


VIDUR_MODELS = {"llama-3-8b": "Meta-Llama-3-8B", "llama-2-7b": "Llama-2-7b-hf", "llama-2-70b": "Llama-2-70b-hf"}


def vidur_layers() -> pd.DataFrame:
    """Seconds of a layer but its attention and all-reduce on A100: columns model, tp, tokens, products, elementwise."""
    parts = []
    for model, name in VIDUR_MODELS.items():
        t = pd.read_csv(folder() / "perf" / "vidur" / f"a100_{name}_mlp.csv.gz")
        t = t.groupby(["num_tokens", "num_tensor_parallel_workers"]).median(numeric_only=True).reset_index()

        def seconds(*operators: str, t: pd.DataFrame = t) -> pd.Series:
            return sum(t[f"time_stats.{o}.median"] for o in operators) / 1e3

        parts.append(pd.DataFrame({
            "model": model, "tp": t.num_tensor_parallel_workers, "tokens": t.num_tokens,
            "products": seconds("attn_pre_proj", "attn_post_proj", "mlp_up_proj", "mlp_down_proj"),
            "elementwise": seconds("input_layernorm", "attn_rope", "post_attention_layernorm", "mlp_act", "add", "add"),
        }))
    t = pd.concat(parts)
    t = t[t.tokens <= 8192].reset_index(drop=True)
    # Token counts are evenly spaced: without weights the long ones would decide alone.
    octave = np.log2(t.tokens).astype(int)
    t["weight"] = 1 / np.sqrt(t.groupby(["model", "tp", octave]).tokens.transform("size"))
    return t


def helix() -> pd.DataFrame:
    """Seconds of a layer of Llama-2-70B in fp16: columns device, phase, count (sequences or prompt tokens), seconds."""
    parts = []
    for device in ("a100", "l4", "t4"):
        for phase in ("decode", "prompt"):
            t = pd.read_csv(folder() / "perf" / f"helix_llama2_70b_{device}_{phase}.csv")
            parts.append(pd.DataFrame({"device": device, "phase": phase, "count": t.iloc[:, 0].astype(float),
                                       "seconds": t.iloc[:, 1] / 1e3}))
    return pd.concat(parts).reset_index(drop=True)


def bench(engine: str = "vLLM") -> pd.DataFrame:
    """LLM-Inference-Bench, Llama-3-8B on A100 40 GB: columns tp, length (input = output), batch, seconds."""
    t = pd.read_csv(folder() / "perf" / "llm_inference_bench_a100_llama3_8b.csv")
    t = t[t.Framework == engine]
    return pd.DataFrame({"tp": t["Num of Hardware"], "length": t["Input Output Length"], "batch": t["Batch Size"],
                         "seconds": t.Latency}).reset_index(drop=True)


def bench_mi300x() -> pd.DataFrame:
    """LLM-Inference-Bench, Llama-2-7B on MI300X, where all sequences fit: columns tp, length, batch, seconds."""
    t = pd.read_csv(folder() / "serving" / "lib_other_devices.csv")
    t = t[t.Model.str.contains("Llama-2-7b")]
    t = pd.DataFrame({"tp": t["Num of Hardware"], "length": t["Input Output Length"], "batch": t["Batch Size"],
                      "seconds": t.Latency})
    kv_bytes = 2.0 * 2 * 32 * 32 * 128  # of a token
    return t[2 * t.length * t.batch * kv_bytes / t.tp < 130e9].reset_index(drop=True)


def splitwise() -> pd.DataFrame:
    """Medians of 128-token answers on 8 x A100-80: model, length, batch, prompt and token seconds, watts each."""
    t = pd.read_csv(folder() / "perf" / "splitwise_a100_tp8.csv")
    t = t[t.token_size == 128].groupby(["model", "prompt_size", "batch_size"]).median(numeric_only=True).reset_index()
    tdp = 400.0
    return pd.DataFrame({"model": t.model.replace({"llama2-70b": "llama-2-70b"}), "length": t.prompt_size,
                         "batch": t.batch_size, "prompt": t.prompt_time / 1e3, "token": t.token_time / 1e3,
                         "average_w": t.average_power * tdp, "peak_w": t.peak_power * tdp})


def ttft() -> pd.DataFrame:
    """TensorRT-LLM, Llama-7B in fp16 on an A100 80 GB, one prompt: columns input_len, seconds."""
    t = pd.read_csv(folder() / "perf" / "trtllm_a100_7b_ttft.csv")
    return t.assign(seconds=t.value / 1e3)


def safetensors_loads() -> pd.Series:
    """Seconds of each load of Llama-3.1-8B by safetensors to one H100."""
    t = pd.read_csv(folder() / "coldstart" / "serverlessllm_loads.csv")
    return t[t.file.str.startswith("h100_2025/") & t.file.str.contains("_safetensors_")].loading_s


def a100_weight_loads() -> pd.Series:
    """Seconds of each load of Llama-2-7B by vLLM to one A100, from the disk of its server."""
    t = pd.read_csv(folder() / "coldstart" / "vllm_start.csv")
    return t[t.gpu == "A100"].load_weights_s


def l40s_weight_load() -> float:
    """Seconds of the load of Llama-2-7B by vLLM to one L40S."""
    t = pd.read_csv(folder() / "coldstart" / "vllm_start.csv")
    return float(t[(t.gpu == "L40S") & (t.model == "llama2-7b-hf")].load_weights_s.iloc[0])


def gp3_load() -> float:
    """Seconds of the load of Llama-3-8B by safetensors to one A10G, from a network volume of 750 MB/s."""
    t = pd.read_csv(folder() / "coldstart" / "model_streamer_gp3.csv", comment="#")
    return float(t[t.loader == "safetensors"].load_s.iloc[0])


def awq() -> pd.DataFrame:
    """AutoAWQ, Mistral-7B in int4 on a T4, one sequence: columns decode_len, decode_tok_s."""
    t = pd.read_csv(folder() / "perf" / "t4_l4_published.csv")
    return t[t.engine == "AutoAWQ"].reset_index(drop=True)


def h100_decode() -> pd.DataFrame:
    """ML.ENERGY, Llama-3.1-8B on one H100."""
    return pd.read_csv(folder() / "power" / "h100_llama31_8b_decode_power.csv")


# LLM-Inference-Bench, Llama-3-8B by vLLM on one A100 40 GB: batch -> watts (power/published.csv).
BENCH_POWER_W = {1: 229.0, 16: 264.0, 32: 279.0, 64: 316.0}


MLENERGY_PROMPT = 300  # tokens of ML.ENERGY's prompts: not stated there, one number for all its models


def logged_memory() -> pd.DataFrame:
    """vLLM's logs: model, share of memory, and GiB of weights and of KV cache on one accelerator."""
    return pd.read_csv(folder() / "memory" / "vllm_kv_cache_sizes.csv")


def silybench_capacity() -> float:
    """Tokens that silybench's cache holds."""
    t = pd.read_csv(folder() / "serving" / "silybench.csv")
    return float((t.kv_capacity_sequences * (t.input_tokens + t.output_tokens)).max())


def silybench() -> pd.DataFrame:
    """Qwen3-8B on one H100, clients in step, so that a median step is one of pure decoding: sequences that the cache
    holds, mean context, seconds between tokens, watts."""
    t, capacity = pd.read_csv(folder() / "serving" / "silybench.csv"), silybench_capacity()
    held = np.minimum(t.concurrency, np.floor(capacity / (t.input_tokens + t.output_tokens / 2)))
    return pd.DataFrame({"sequences": held, "prompt": t.input_tokens, "output": t.output_tokens,
                         "context": t.input_tokens + t.output_tokens / 2, "seconds": t.itl_median_ms / 1e3,
                         "watts": t.gpu_w_mean, "model": "qwen3-8b"})


def inferencex_loops(hardware: str, model: str) -> pd.DataFrame:
    """A model's closed loops in InferenceX, repeated runs as their mean: tp, clients, tokens of the longest prompt and
    output, seconds to the first token (mean and median) and between tokens."""
    t = pd.read_csv(folder() / "serving" / "inferencemax.csv")
    t = t[(t.hw == hardware) & t.model.str.lower().str.contains(model)]
    t = t.rename(columns={"conc": "clients", "isl": "tokens", "mean_ttft": "first", "median_ttft": "median_first",
                          "mean_tpot": "between"})
    return t.groupby(["tp", "clients", "tokens"], as_index=False)[["first", "median_first", "between"]].mean()


def silybench_first_tokens() -> list[tuple[int, float]]:
    """(prompt tokens, seconds to the first token) of one client at a time: its 95th percentile, nearly the mean there."""
    t = pd.read_csv(folder() / "serving" / "silybench.csv")
    t = t[t.concurrency == 1]
    return list(zip(t.input_tokens, t.ttft_p95_ms / 1e3))


def mlenergy_chat() -> pd.DataFrame:
    """Llama-3.1-8B and Qwen3-8B, chat, on one H100 each: requests start as others end. Prompts are computed whole, in
    fewer than half of the steps, so that the median step is one of decoding alone."""
    llama = h100_decode().assign(model="llama-3-8b")
    t = pd.read_csv(folder() / "serving" / "mlenergy.csv")
    qwen = t[(t.model_id == "Qwen/Qwen3-8B") & (t.task == "lm-arena-chat")].assign(model="qwen3-8b")
    t = pd.concat([llama, qwen]).reset_index(drop=True)
    return pd.DataFrame({"model": t.model, "sequences": t.avg_batch_size, "prompt": float(MLENERGY_PROMPT),
                         "output": t.avg_output_len, "context": MLENERGY_PROMPT + t.avg_output_len / 2,
                         "seconds": t.median_itl_ms / 1e3})


MLENERGY_MODELS = {"Qwen/Qwen3-8B": "qwen3-8b", "Qwen/Qwen3-30B-A3B-Instruct-2507": "qwen3-30b-a3b",
                   "Qwen/Qwen3-Coder-30B-A3B-Instruct": "qwen3-30b-a3b"}


def mlenergy_watts() -> pd.DataFrame:
    """Models of the catalogue on one H100 each, at all tasks: no fit sees these watts."""
    llama = h100_decode()
    t = pd.read_csv(folder() / "serving" / "mlenergy.csv")
    t = t[t.model_id.isin(MLENERGY_MODELS) & (t.num_gpus == 1)]
    out = pd.DataFrame({
        "model": ["llama-3-8b"] * len(llama) + list(t.model_id.map(MLENERGY_MODELS)),
        "sequences": [*llama.avg_batch_size, *t.avg_batch_size], "prompt": float(MLENERGY_PROMPT),
        "output": [*llama.avg_output_len, *t.avg_output_len], "watts": [*llama.avg_power_per_gpu_w, *t.avg_power_watts]})
    return out.assign(context=MLENERGY_PROMPT + out.output / 2)


def _watts(name: str) -> pd.DataFrame:
    t = pd.read_csv(folder() / "kernels" / "watts" / f"h200_sxm_{name}_perf.csv.gz")
    return t.assign(seconds=t.latency / 1e3)


def watt_plateaus() -> pd.DataFrame:
    """Medians of kernels on an H200 that stay at one level: kind, bytes/s, operations/s, watts. Decode attention over
    0.5 ms by bytes/s; products of 2048 and more rows at the board limit (98 %), in bf16 and in block-fp8."""
    rows = []
    t = _watts("attention_vllm_0.22.0_generation_attention")
    t = t[(t.head_dim == 128) & (t.kv_cache_dtype == "bfloat16") & (t.window_size == 0) & (t.seconds > 5e-4)]
    context = t.isl + t.step
    t = t.assign(moved=4.0 * 128 * t.num_key_value_heads * context * t.batch_size / t.seconds,
                 flops=4.0 * 128 * t.num_heads * context * t.batch_size / t.seconds)
    for low, high in ((3.5e12, 4.0e12), (4.0e12, 4.5e12)):
        its = t[t.moved.between(low, high)]
        rows.append(("decode", its.moved.median(), 0.0, its.power.median()))
    t = _watts("gemm_vllm_0.22.0_gemm")
    for dtype, size, kind in (("bfloat16", 2.0, "prefill"), ("fp8_block", 1.0, "eight")):
        its = t[(t.gemm_dtype == dtype) & (t.m >= 2048) & (t.n * t.k >= 3e7) & (t.power > 0.98 * t.power_limit)]
        moved = (its.n * its.k * size + 2.0 * its.m * (its.n + its.k)) / its.seconds
        rows.append((kind, moved.median(), (2.0 * its.m * its.n * its.k / its.seconds).median(), its.power.median()))
    return pd.DataFrame(rows, columns=["kind", "bytes_per_s", "flops_per_s", "watts"])
