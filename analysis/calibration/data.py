"""Reads each public data set into a table in SI units. The folder is $IDLEWATT_DATA or ../shared/data."""

import os
from pathlib import Path

import numpy as np
import pandas as pd


def folder():
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


def _aiconfigurator(name):
    table = pd.read_csv(folder() / "perf" / "aiconfigurator" / f"{name}_perf.csv.gz")
    table["seconds"] = table.latency / 1e3
    return table


def gemm(device="a100_sxm", dtype="bfloat16"):
    """Matrix products m x k by k x n of at least 1024 x 1024 weights and at most 8192 rows."""
    version = {"a100_sxm": "0.14.0", "l40s": "0.24.0"}[device]
    t = _aiconfigurator(f"{device}_gemm_vllm_{version}_gemm")
    t = t[(t.gemm_dtype == dtype) & t.n.between(1024, 50000) & t.k.between(1024, 50000) & (t.m <= 8192)]
    return t.reset_index(drop=True)


def attention(phase, device="a100_sxm"):
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


def mla(phase):
    """Multi-head latent attention of TensorRT-LLM on A100; at least 8 heads; phase `context` or `generation`."""
    t = _aiconfigurator(f"a100_sxm_mla_trtllm_1.0.0_{phase}_mla")
    t = t[(t.kv_cache_dtype == "bfloat16") & (t.num_heads >= 8)]
    if phase == "context":
        return t[t.isl >= 64].reset_index(drop=True)
    t = t.assign(context=t.step + t.isl)
    return t[t.context.between(64, 32768)].reset_index(drop=True)


def moe():
    """Fused mixture of experts without expert parallelism, milder of the two skewed routings."""
    t = _aiconfigurator("a100_sxm_moe_vllm_0.14.0_moe")
    keep = (t.distribution == "power_law_1.01") & (t.moe_ep_size == 1) & (t.moe_tp_size <= 16)
    return t[keep].reset_index(drop=True)


def all_reduce():
    """All-reduces over NVLink. The file's `message_size` counts elements of two bytes, not bytes: the jump at 4 Mi is
    vLLM's limit of 8 MiB for its own kernel, and vidur's all-reduces, in bytes, agree only then."""
    t = _aiconfigurator("a100_sxm_comm_vllm_0.14.0_custom_allreduce")
    t = t[t.backend == "vllm_graph"]
    return t.assign(bytes=t.message_size * 2.0).reset_index(drop=True)


VIDUR_MODELS = {"llama-3-8b": "Meta-Llama-3-8B", "llama-2-7b": "Llama-2-7b-hf", "llama-2-70b": "Llama-2-70b-hf"}


def vidur_layers():
    """Seconds of a layer but its attention and all-reduce on A100: columns model, tp, tokens, products, elementwise."""
    parts = []
    for model, name in VIDUR_MODELS.items():
        t = pd.read_csv(folder() / "perf" / "vidur" / f"a100_{name}_mlp.csv.gz")
        t = t.groupby(["num_tokens", "num_tensor_parallel_workers"]).median(numeric_only=True).reset_index()

        def seconds(*operators, t=t):
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


def helix():
    """Seconds of a layer of Llama-2-70B in fp16: columns device, phase, count (sequences or prompt tokens), seconds."""
    parts = []
    for device in ("a100", "l4", "t4"):
        for phase in ("decode", "prompt"):
            t = pd.read_csv(folder() / "perf" / f"helix_llama2_70b_{device}_{phase}.csv")
            parts.append(pd.DataFrame({"device": device, "phase": phase, "count": t.iloc[:, 0].astype(float),
                                       "seconds": t.iloc[:, 1] / 1e3}))
    return pd.concat(parts).reset_index(drop=True)


def bench(engine="vLLM"):
    """LLM-Inference-Bench, Llama-3-8B on A100 40 GB: columns tp, length (input = output), batch, seconds."""
    t = pd.read_csv(folder() / "perf" / "llm_inference_bench_a100_llama3_8b.csv")
    t = t[t.Framework == engine]
    return pd.DataFrame({"tp": t["Num of Hardware"], "length": t["Input Output Length"], "batch": t["Batch Size"],
                         "seconds": t.Latency}).reset_index(drop=True)


def splitwise():
    """Medians of 128-token answers on 8 x A100-80: model, length, batch, prompt and token seconds, watts each."""
    t = pd.read_csv(folder() / "perf" / "splitwise_a100_tp8.csv")
    t = t[t.token_size == 128].groupby(["model", "prompt_size", "batch_size"]).median(numeric_only=True).reset_index()
    tdp = 400.0
    return pd.DataFrame({"model": t.model.replace({"llama2-70b": "llama-2-70b"}), "length": t.prompt_size,
                         "batch": t.batch_size, "prompt": t.prompt_time / 1e3, "token": t.token_time / 1e3,
                         "average_w": t.average_power * tdp, "peak_w": t.peak_power * tdp})


def ttft():
    """TensorRT-LLM, Llama-7B in fp16 on an A100 80 GB, one prompt: columns input_len, seconds."""
    t = pd.read_csv(folder() / "perf" / "trtllm_a100_7b_ttft.csv")
    return t.assign(seconds=t.value / 1e3)


def awq():
    """AutoAWQ, Mistral-7B in int4 on a T4, one sequence: columns decode_len, decode_tok_s."""
    t = pd.read_csv(folder() / "perf" / "t4_l4_published.csv")
    return t[t.engine == "AutoAWQ"].reset_index(drop=True)


def h100_decode():
    """ML.ENERGY, Llama-3.1-8B on one H100."""
    return pd.read_csv(folder() / "power" / "h100_llama31_8b_decode_power.csv")


# LLM-Inference-Bench, Llama-3-8B by vLLM on one A100 40 GB: batch -> watts (power/published.csv).
BENCH_POWER_W = {1: 229.0, 16: 264.0, 32: 279.0, 64: 316.0}
