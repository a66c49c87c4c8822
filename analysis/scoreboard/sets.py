"""The public measurements, each with what the program answers: one function a set, which yields Rows.

A row that the program cannot answer says why. `use`: whether a fit of platforms/CALIBRATION.md has seen the set
("fitted"), another set of the same device and engine ("left out"), or neither ("transfer").
"""

import csv
import gzip
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional

from calibration import catalogue

from .program import (CannotExpress, Configuration, LoopAnswer, Request, Steps, closed_loop, context_limit, memory,
                      offline_rate, open_loop, with_kv_bytes)
from .servings import Serving, answer


@dataclass(frozen=True)
class Row:
    """A measurement of the set `name`, and what the program answers, or why it has no answer."""

    name: str
    use: str
    device: str
    model: str
    metric: str
    measured: float
    predicted: Optional[float]
    why: str = ""


@dataclass(frozen=True)
class Case:
    """A serving of a configuration, and what of it was measured: pairs of a metric and its value. `servings.Answer`
    has the metrics."""

    configuration: Configuration
    serving: Serving
    measured: tuple[tuple[str, float], ...]


METRICS = {"decode step": "step_s", "first token": "first_s", "later token": "between_s", "request": "whole_s",
           "tokens/s": "tokens_per_s", "accelerator watts": "watts"}


def table(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file, by the names of its columns."""
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8", newline="") as packed:
            return list(csv.DictReader(packed))
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def answered(name: str, use: str, cases: Iterable[Case]) -> Iterator[Row]:
    """Rows of all cases; the program is asked once for each configuration."""
    by_configuration: dict[Configuration, list[Case]] = {}
    for case in cases:
        by_configuration.setdefault(case.configuration, []).append(case)
    for configuration, its in by_configuration.items():
        steps: Optional[Steps] = None
        kv, why = 0.0, ""
        limit = context_limit(configuration.model)
        fits = [case for case in its if case.serving.prompt + case.serving.output <= limit]
        try:
            kv = memory(configuration)["kv_tokens"]
            steps = Steps(configuration, [s for case in fits for s in case.serving.shapes(kv, limit)])
        except CannotExpress as error:
            why = str(error)
        for case in its:
            found = answer(case.serving, steps, kv, limit) if steps and case in fits else None
            if steps and not found:
                why = f"longer than the {limit} tokens that the model takes"
            for metric, value in case.measured:
                yield Row(name, use, configuration.device, configuration.model, metric, value,
                          getattr(found, METRICS[metric]) if found else None, "" if found else why)


def engine_of(framework: str, version: str) -> str:
    """The catalogue's entry of an engine and its version: `vLLM`, `0.30.0`. vLLM schedules asynchronously from 0.14 on
    (--async-scheduling by default); TensorRT-LLM 1.0 is its first PyTorch engine."""
    numbers = [int(n) for n in re.findall(r"\d+", version)[:2]] or [0]
    framework = framework.lower()
    if framework == "vllm":
        return "vllm-2026" if numbers >= [0, 14] else "vllm-2025"
    if framework in ("trt", "trtllm", "tensorrt-llm"):
        return "tensorrt-llm-2026" if numbers >= [1, 0] else "tensorrt-llm-2024"
    return {"sglang": "sglang-2026"}.get(framework, "vllm-2025")


VLLM_SEQUENCES = 256  # of a step, by default on an A100


def refused(name: str, use: str, device: str, model: str, metric: str, values: Iterable[float], why: str) -> list[Row]:
    """Rows without an answer."""
    return [Row(name, use, device, model, metric, value, None, why) for value in values]


SILYBENCH = {"Qwen3-8B": "qwen3-8b", "Llama-3.1-8B": "llama-3.1-8b", "Qwen3-14B": "qwen3-14b", "Qwen3-32B": "qwen3-32b"}


def silybench(folder: Path) -> Iterator[Row]:
    name, cases, use = "silybench", [], "fitted"
    for r in table(folder / "serving" / "silybench.csv"):
        here = Configuration(SILYBENCH[r["model"]], {"H100": "h100-1", "H200": "hgx-h200"}[r["gpu"].split(" ")[0]],
                             engine_of(*r["engine"].split(" ")), r["precision"])
        serving = Serving(int(r["concurrency"]), int(r["input_tokens"]), int(r["output_tokens"]))
        cases.append(Case(here, serving, (
            ("decode step", float(r["itl_median_ms"]) / 1e3), ("request", float(r["e2e_p95_ms"]) / 1e3),
            ("tokens/s", float(r["output_tok_per_s"])), ("accelerator watts", float(r["gpu_w_mean"])))))
        yield from refused(name, use, here.device, here.model, "first token, p95", [float(r["ttft_p95_ms"]) / 1e3],
                           "how its clients' starts fall together is not stated")
        if r["kv_capacity_sequences"]:
            kv = memory(here)["kv_tokens"]
            yield Row(name, use, here.device, here.model, "KV tokens",
                      float(r["kv_capacity_sequences"]) * (serving.prompt + serving.output), kv)
    yield from answered(name, use, cases)


MLENERGY = {"Qwen/Qwen3-14B": "qwen3-14b", "Qwen/Qwen3-8B": "qwen3-8b",
            "Qwen/Qwen3-30B-A3B-Instruct-2507": "qwen3-30b-a3b", "Qwen/Qwen3-Coder-30B-A3B-Instruct": "qwen3-30b-a3b",
            "Qwen/Qwen3-235B-A22B-Instruct-2507-FP8": "qwen3-235b-a22b",
            "meta-llama/Llama-3.1-405B-Instruct-FP8": "llama-3.1-405b"}
MLENERGY_PROMPT = 300  # tokens; not stated there


def mlenergy(folder: Path) -> Iterator[Row]:
    name = "ML.ENERGY v3"
    chat: list[Case] = []
    others: list[Case] = []
    for r in table(folder / "serving" / "mlenergy.csv"):
        model, watts = MLENERGY.get(r["model_id"]), float(r["avg_power_watts"]) / float(r["num_gpus"])
        pairs = (("decode step", float(r["median_itl_ms"]) / 1e3), ("accelerator watts", watts))
        count = int(r["num_gpus"])
        device = "hgx-h100" if count > 1 else "h100-1"
        why = None
        if model is None:
            model, why = r["model_id"].split("/")[-1].lower(), "attention in windows is not in the model's shape"
        if why:
            for metric, value in pairs:
                yield from refused(name, "left out", f"{device} x {count}" if count > 1 else device, model, metric,
                                   [value], why)
            continue
        precision = "fp8" if r["weight_precision"] == "fp8" else "bf16"
        serving = Serving(max(1, round(float(r["avg_batch_size"]))), MLENERGY_PROMPT, round(float(r["avg_output_len"])))
        # vLLM spreads experts over all accelerators of tensor and data parallelism. Where experts are spread, its
        # `tensor_parallel` is that of the experts: attention is divided by what data parallelism leaves.
        ranks = int(r["data_parallel"])
        case = Case(Configuration(model, device, "vllm-sampling-2025", precision, count // ranks, ranks,
                                  int(r["expert_parallel"])), serving, pairs)
        (chat if model == "qwen3-8b" and r["task"] == "lm-arena-chat" else others).append(case)
    # Its inter-token latencies gave the host's times; its watts gave nothing.
    for row in answered(name, "fitted", chat):
        yield replace(row, use="left out") if row.metric == "accelerator watts" else row
    yield from answered(name, "left out", others)


def mlenergy_llama(folder: Path) -> Iterator[Row]:
    cases = []
    for r in table(folder / "power" / "h100_llama31_8b_decode_power.csv"):
        cases.append(Case(Configuration("llama-3-8b", "h100-1", "vllm-sampling-2025"),
                          Serving(round(float(r["avg_batch_size"])), MLENERGY_PROMPT, round(float(r["avg_output_len"]))),
                          (("decode step", float(r["median_itl_ms"]) / 1e3),
                           ("accelerator watts", float(r["avg_power_per_gpu_w"])))))
    for row in answered("ML.ENERGY, Llama-3.1-8B", "fitted", cases):
        yield replace(row, use="left out") if row.metric == "accelerator watts" else row


REQUESTS_A_CLIENT = 10  # of InferenceX's load generator


def inferencemax(folder: Path) -> Iterator[Row]:
    """Closed loops through the program. Lengths are drawn evenly between 80 and 100 % of those that are named."""
    name = "InferenceX"
    found: dict[tuple[Configuration, int, tuple[int, int], tuple[int, int]], tuple[Optional[LoopAnswer], str]] = {}
    for r in table(folder / "serving" / "inferencemax.csv"):
        device, count = {"h100": "hgx-h100", "h200": "hgx-h200", "mi300x": "mi300x-8"}[r["hw"]], int(r["tp"])
        ranks = count if r["dp_attention"] == "true" else 1
        model, precision = ("gpt-oss-120b", "mxfp4") if "gpt-oss" in r["model"] else ("deepseek-r1", "fp8")
        engine = engine_of(r["framework"], r["image"].split(":")[-1])
        if r["framework"] == "vllm":
            engine = "vllm-2026"  # its scripts ask for asynchronous scheduling of earlier versions, too
        here = Configuration(model, device, engine, precision, count // ranks, ranks, int(r["ep"]))
        clients, prompt, output = int(r["conc"]), *((round(0.8 * int(r[k])), int(r[k])) for k in ("isl", "osl"))
        case = here, clients, prompt, output
        if case not in found:
            prefill = "first" if r["framework"] == "sglang" else "chunked"
            try:
                found[case] = closed_loop(here, clients, REQUESTS_A_CLIENT * clients, prompt, output, prefill), ""
            except CannotExpress as error:
                found[case] = None, str(error)
        said, why = found[case]
        predicted = {} if said is None else {**said.latencies.by_metric(), "tokens/s": said.tokens_per_s}
        measured = {"first token": float(r["mean_ttft"]), "first token, median": float(r["median_ttft"]),
                    "later token": float(r["mean_tpot"]), "request": float(r["mean_e2el"]),
                    "tokens/s": count * float(r["output_tput_per_gpu"])}
        use = {("gpt-oss-120b", "hgx-h100"): "fitted", ("gpt-oss-120b", "hgx-h200"): "left out",
               ("deepseek-r1", "hgx-h200"): "fitted"}.get((model, device), "transfer")
        for metric, value in measured.items():
            # The fit of DeepSeek's loops sees later tokens alone.
            unseen = model == "deepseek-r1" and use == "fitted" and metric.startswith("first token")
            yield Row(name, "left out" if unseen else use, here.device, model, metric, value, predicted.get(metric), why)


def trtllm(folder: Path) -> Iterator[Row]:
    cases = []
    servers = {"H200 141GB": "hgx-h200", "H100 SXM 80GB": "h100-1", "A100-SXM4-80GB": "a100-80-1",
               "A100-PCIE-80GB": "a100-pcie-80-1", "L40S": "l40s-1"}
    for r in table(folder / "serving" / "trtllm.csv"):
        # trtllm-bench, which makes its engines: "If the quantization is FP8, force the KV cache dtype to FP8"
        # (NVIDIA/TensorRT-LLM, tensorrt_llm/bench/build/build.py).
        precision = r["precision"].lower()
        here = Configuration("llama-3-8b", servers[r["gpu"]], engine_of("tensorrt-llm", r["trtllm_version"]), precision,
                             int(r["tp"]), kv="fp8" if precision == "fp8" else "auto")
        # Saturated: as many sequences as fit, of the 2048 that its benchmark allows.
        cases.append(Case(here, Serving(2048, int(r["isl"]), int(r["osl"])),
                          (("tokens/s", float(r["total_output_tokens_per_s"])),)))
    yield from answered("TensorRT-LLM, saturated", "transfer", cases)


def dstack(folder: Path) -> Iterator[Row]:
    name, cases = "dstack, Llama-3.1-405B", []
    for r in table(folder / "serving" / "dstack_405b_latency.csv"):
        count = int(r["gpu"][0])
        server = "hgx-h100" if "H100" in r["gpu"] else "mi300x-8"
        model, engine = "llama-3.1-405b", "vllm-2025" if server == "hgx-h100" else "vllm-rocm-2024"  # of autumn 2024
        if r["gpu"].startswith("8xMi300x 2"):
            yield from refused(name, "left out", "mi300x-8", model, "request", [float(r["end_to_end_latency"])],
                               "two replicas of four accelerators share the batch in a way that is not stated")
            continue
        cases.append(Case(Configuration(model, server, engine, "fp8", count),
                          Serving(int(r["batch_size"]), int(r["input_len"]), int(r["output_len"])),
                          (("request", float(r["end_to_end_latency"])),)))
    # Other servings of an MI300X with this engine were fitted.
    for row in answered(name, "transfer", cases):
        yield replace(row, use="left out") if row.device.startswith("mi300x-8") else row


def lib_a100(folder: Path) -> Iterator[Row]:
    name = "LLM-Inference-Bench, A100"
    cases, engines = [], {"vLLM": "vllm-2025", "TensorRT-LLM": "tensorrt-llm-2024"}
    for r in table(folder / "perf" / "llm_inference_bench_a100_llama3_8b.csv"):
        tp, length, batch = int(r["Num of Hardware"]), int(r["Input Output Length"]), int(r["Batch Size"])
        if r["Framework"] not in engines:
            yield from refused(name, "fitted", "hgx-a100-40", "llama-3-8b", "request", [float(r["Latency"])],
                               f"no engine {r['Framework']} in the catalogue")
            continue
        cases.append(Case(Configuration("llama-3-8b", "hgx-a100-40", engines[r["Framework"]], "bf16", tp),
                          Serving(batch, length, length), (("request", float(r["Latency"])),)))
    yield from answered(name, "fitted", cases)


def lib_mi300x(folder: Path) -> Iterator[Row]:
    models, cases = {"Llama-2-7b-hf": "llama-2-7b", "Mixtral-8x7B-v0.1": "mixtral-8x7b"}, []
    for r in table(folder / "serving" / "lib_other_devices.csv"):
        tp, length = int(r["Num of Hardware"]), int(r["Input Output Length"])
        here = Configuration(models[r["Model"].split("/")[-1]], "mi300x-8", "vllm-rocm-2024", "fp16", tp)
        cases.append(Case(here, Serving(int(r["Batch Size"]), length, length), (("request", float(r["Latency"])),)))
    for row in answered("LLM-Inference-Bench, MI300X", "left out", cases):
        yield replace(row, use="fitted") if row.model == "llama-2-7b" else row


def splitwise(folder: Path) -> Iterator[Row]:
    models = {"llama2-70b": "llama-2-70b", "bloom-176b": "bloom-176b"}
    seen: dict[tuple[str, int, int], list[tuple[float, float]]] = {}
    for r in table(folder / "perf" / "splitwise_a100_tp8.csv"):
        if r["token_size"] == "128":
            key = models[r["model"]], int(r["batch_size"]), int(r["prompt_size"])
            seen.setdefault(key, []).append((float(r["token_time"]) / 1e3, float(r["prompt_time"]) / 1e3))
    cases = []
    for (model, batch, prompt), times in sorted(seen.items()):
        token = sorted(t for t, _ in times)[len(times) // 2]
        pairs = [("decode step", token)]
        if batch == 1:
            pairs.append(("first token", sorted(t for _, t in times)[len(times) // 2]))
        cases.append(Case(Configuration(model, "hgx-a100-80", "splitwise-2023", "fp16", 8), Serving(batch, prompt, 128),
                          tuple(pairs)))
    yield from answered("splitwise", "fitted", cases)


def kv_limited(folder: Path) -> Iterator[Row]:
    """All prompts at once, in a KV cache of 12.02 GiB, which the source states."""
    cases = []
    here = with_kv_bytes(Configuration("qwen2-7b", "a100-80-1", "vllm-2025"), 12.02 * 2**30)
    for r in table(folder / "serving" / "a100_kv_limited_vllm.csv"):
        serving = Serving(int(r["num_prompts"]), int(r["isl"]), int(r["osl"]), VLLM_SEQUENCES)
        cases.append(Case(here, serving, (("request", float(r["duration_s"])), ("tokens/s", float(r["output_tok_s"])))))
    yield from answered("A100 with 12 GiB of KV cache", "left out", cases)


def neuron(folder: Path) -> Iterator[Row]:
    for device, server, label in (("inf2", "inferentia2-12", "Inferentia2"), ("trn1", "trainium1-16", "Trainium1")):
        cases = []
        for kind in ("latency", "throughput"):
            for r in table(folder / "serving" / f"neuron_{device}_{kind}_data_decoder.csv"):
                model = {"Llama-3-8B": "llama-3-8b", "Llama-3-70B": "llama-3-70b", "Llama-3.1-8B": "llama-3-8b",
                         "Llama-3.1-70B": "llama-3-70b", "Llama-2-70b": "llama-2-70b"}.get(r["Model"])
                value = float(r["TPOT Latency P50 (ms)"]) / 1e3
                if model is None:
                    yield from refused(f"AWS Neuron, {label}", "transfer", server, r["Model"], "decode step", [value],
                                       "the model is not in the catalogue")
                    continue
                precision = "int8-weights" if r["Weight Storage Data Type"] == "int8" else "bf16"
                # Its degrees count cores, two to an accelerator.
                cases.append(Case(Configuration(model, server, "vllm-2025", precision, int(r["TP Degree"]) // 2),
                                  Serving(int(r["Batch Size"]), int(r["Input Length"]), int(r["Output Length"])),
                                  (("decode step", value),)))
        yield from answered(f"AWS Neuron, {label}", "transfer", cases)


def ttft_a100(folder: Path) -> Iterator[Row]:
    cases = [Case(Configuration("llama-2-7b", "a100-80-1", "tensorrt-llm-2024", "fp16"), Serving(1, int(r["input_len"]), 2),
                  (("first token", float(r["value"]) / 1e3),)) for r in table(folder / "perf" / "trtllm_a100_7b_ttft.csv")]
    yield from answered("TensorRT-LLM, one prompt", "left out", cases)


def mlperf_mi300x(folder: Path) -> Iterator[Row]:
    lengths = [r for r in table(folder / "traces" / "mlperf_lengths" / "llama2-70b-99.csv.gz")]
    prompt, output = (round(sum(float(r[k]) for r in lengths) / len(lengths)) for k in list(lengths[0])[:2])
    for r in table(folder / "perf" / "mlperf_1xmi300x_llama2_70b.csv"):
        if r["scenario"] != "Offline":
            yield from refused("MLPerf v4.1, MI300X", "transfer", "mi300x-1", "llama-2-70b", "tokens/s",
                               [float(r["tokens_per_s"])], "its rate is the highest that keeps a bound on latencies")
            continue
        case = Case(Configuration("llama-2-70b", "mi300x-1", "vllm-2025", "fp8"), Serving(2048, prompt, output),
                    (("tokens/s", float(r["tokens_per_s"])),))
        yield from answered("MLPerf v4.1, MI300X", "transfer", [case])


BLIS = {"meta-llama/Llama-2-7b-hf": "llama-2-7b", "mistralai/Mixtral-8x7B-v0.1": "mixtral-8x7b",
        "codellama/CodeLlama-34b-Instruct-hf": "codellama-34b", "Qwen/Qwen2.5-7B-Instruct": "qwen2-7b",
        "Qwen/Qwen3-14B": "qwen3-14b"}
BLIS_SECONDS = 60  # of the ten or twenty minutes of a stage: its means are those of a steady state


MLPERF_R1 = 8905.0  # output tokens/s, 8 H200, offline: MLCommons Inference, DeepSeek-R1
# TensorRT-LLM's guide for DeepSeek-R1 on 8 H200 (Best_perf_practice_on_DeepSeek-R1): tensor and expert parallel 8 with
# attention by data, 128 sequences and 1127 tokens a step of each rank.
MLPERF_R1_RANK = {"sequences": 128, "tokens": 1127}


def mlperf_r1(folder: Path) -> Iterator[Row]:
    """All prompts at once, until the last of its long answers has ended. The settings are those of the guide: the
    result's own are not at hand."""
    lengths = [(int(r["input_length"]), int(r["output_length"]))
               for r in table(folder / "traces" / "mlperf_lengths" / "deepseek-r1.csv.gz")]
    here = Configuration("deepseek-r1", "hgx-h200", "tensorrt-llm-2026", "fp8", 1, 8, 8)
    rate = offline_rate(here, lengths, 8 * MLPERF_R1_RANK["sequences"], 8 * MLPERF_R1_RANK["tokens"])
    yield Row("MLPerf, DeepSeek-R1 offline", "transfer", here.device, here.model, "tokens/s", MLPERF_R1, rate)


def blis(folder: Path) -> Iterator[Row]:
    """Open loops: arrivals evenly spaced at the rate, lengths at their means, as only these are stated; then the median
    request is the mean one. Outputs are counted twice over in this table: the gaps between tokens, which are (request -
    first token) / inter-token, come to 495 for each model and rate, while the same requests in the ground truth of the
    same source have 248; the output tokens that it states are what its text gives when it is encoded again. So half of
    the gaps are empty, and a request has 1 + gaps / 2 tokens."""
    name = "BLIS, open loops"
    for r in table(folder / "serving" / "blis_inference_perf.csv"):
        tp = int(r["tp"])
        here = Configuration(BLIS[r["model"]], "hgx-h100", "vllm-2026", "bf16", tp)  # measured in February 2026
        measured = {"request": float(r["e2e_mean_s"]), "first token": float(r["ttft_mean_s"]),
                    "later token": 2 * float(r["itl_mean_s"])}
        why, predicted = "", dict[str, float]()
        if int(r["failures"]) > 0:
            why = "the measured system was overrun: requests failed"
        else:
            rate = float(r["achieved_rate"])
            later = measured["request"] - measured["first token"]
            length = round(float(r["mean_prompt_tokens"])), 1 + round(later / measured["later token"])
            requests = [Request(i / rate, *length) for i in range(round(rate * BLIS_SECONDS))]
            try:
                answered_in = open_loop(here, requests, int(r["max_num_seqs"]), int(r["max_num_batched_tokens"]))
                predicted = answered_in.by_metric()
            except CannotExpress as error:
                why = str(error)
        for metric, value in measured.items():
            yield Row(name, "left out", here.device, here.model, metric, value, predicted.get(metric), why)
    for r in table(folder / "serving" / "blis_ground_truth.csv"):
        if r["stage"] != "-1":
            continue
        for metric, key in (("request", "e2e_mean_ms"), ("first token", "ttft_mean_ms"), ("later token", "itl_mean_ms")):
            yield from refused(name, "left out", "hgx-h100", BLIS[r["model"]], metric, [float(r[key]) / 1e3],
                               "rate and lengths are not stated beside the result")


def queueing(folder: Path) -> Iterator[Row]:
    requests = [json.loads(line) for line in
                (folder / "serving" / "queueing_rtxpro6000_llama31_8b" / "requests.jsonl").read_text().splitlines()]
    whole = [r["last_token_ts"] - r["queued_ts"] for r in requests]
    yield from refused("LLMServingSim, queueing", "transfer", "RTX PRO 6000", "llama-3-8b", "request", whole,
                       "no such accelerator in the catalogue")


def kv_sizes(folder: Path) -> Iterator[Row]:
    servers = {"L40S": "l40s-1", "A100 80GB": "a100-80-1"}
    for r in table(folder / "memory" / "vllm_kv_cache_sizes.csv"):
        model = {"Llama-2-7b": "llama-2-7b", "Qwen2-7B-Instruct": "qwen2-7b"}[r["model"]]
        here = Configuration(model, servers[r["gpu"]], "vllm-2025", r["dtype"])
        share = float(r["gpu_memory_utilization"])
        if share != 0.9:
            here = replace(here, memory_share=share)
        yield Row("vLLM's logs", "left out", here.device, model, "KV tokens", float(r["kv_tokens"]), memory(here)["kv_tokens"])


def starts(folder: Path) -> Iterator[Row]:
    """Starts of an engine without the load of its weights: the catalogue's line in the size of the model."""
    engine = catalogue.engine("vllm-2025")
    sizes = {"llama2-7b-hf": 6.74, "qwen-0.5b": 0.62, "qwen-1.8b": 1.84, "yi-6b": 6.06, "llama2-7b": 6.74}
    for r in table(folder / "coldstart" / "vllm_start.csv"):
        size = sizes[r["model"]]
        yield Row("vLLM starts", "fitted" if r["gpu"] == "A100" else "transfer", r["gpu"], r["model"], "start, s",
                  float(r["actual_total_s"]) - float(r["load_weights_s"]),
                  engine.start_time + size * engine.start_time_per_billion_parameters)
    sleeping = [r for r in table(folder / "coldstart" / "vllm_sleep_mode.csv") if r["event"].endswith("Wake up")]
    yield from refused("vLLM sleep mode", "transfer", "not stated", "two models of unknown size", "wake, s",
                       [float(r["seconds"]) for r in sleeping], "neither the accelerator nor the models' sizes are stated")


WALLS = {"R750xa_A100-PCIE-40GBx4_TRT_MaxQ": None, "XE2420_A10x1_TRT_MaxQ": None, "XR5610_L4x1_TRT_MaxQ": None,
         "DGX-A100_A100-SXM-80GBx8_TRT_MaxQ": "hgx-a100-80", "H100-PCIe-80GBx8_TRT_MaxQ": "h100-pcie-8"}


def walls(folder: Path) -> Iterator[Row]:
    """Wall watts of whole servers at rest: the least second against base and idle accelerators."""
    name = "MLPerf, wall power"
    least: dict[str, float] = {}
    for r in table(folder / "power" / "mlperf_server_wall_power.csv"):
        least[r["system"]] = min(least.get(r["system"], 1e9), float(r["min_w"]))
        yield from refused(name, "left out", r["system"], "not a language model", "busy, W", [float(r["mean_middle60_w"])],
                           "the program serves language models alone")
    for system, watts in sorted(least.items()):
        server = WALLS[system]
        if server is None:
            yield from refused(name, "left out", system, "none", "at rest, W", [watts], "no such server in the catalogue")
            continue
        node = catalogue.read("servers", server)
        accelerator = catalogue.accelerator(node["accelerator"])
        base, share = (catalogue.quantity(node[k]["value"]) for k in ("base", "overhead_per_accelerator"))
        yield Row(name, "left out", system, "none", "at rest, W", watts,
                  base + node["accelerators"] * accelerator.idle_empty * (1 + share))


def other_watts(folder: Path) -> Iterator[Row]:
    rows = table(folder / "power" / "tokenpowerbench.csv")
    yield from refused("TokenPowerBench", "transfer", "H100 NVL", "llama-3-8b", "accelerator watts",
                       [float(r["gpu0_w"]) for r in rows if "8B" in r["model"]], "no such accelerator in the catalogue")
    for path in sorted((folder / "power" / "mi300x").glob("*.json")):
        value = json.loads(path.read_text(encoding="utf-8"))["avg_latency"]
        case = Case(Configuration("llama-3-8b", "mi300x-1", "vllm-2025", "fp16"), Serving(1, 128, 128),
                    (("request", value),))
        yield from answered("MI300X with watts", "transfer", [case])
    watts = {1: 229.0, 16: 264.0, 32: 279.0, 64: 316.0}  # power/published.csv; its lengths are not stated
    cases = [Case(Configuration("llama-3-8b", "a100-40-1", "vllm-2025"), Serving(b, 512, 512), (("accelerator watts", w),))
             for b, w in watts.items()]
    yield from answered("LLM-Inference-Bench, watts", "fitted", cases)


SETS = (silybench, mlenergy, mlenergy_llama, inferencemax, trtllm, dstack, lib_a100, lib_mi300x, splitwise, kv_limited,
        neuron, ttft_a100, mlperf_mi300x, mlperf_r1, blis, queueing, kv_sizes, starts, walls, other_watts)


def rows(folder: Path) -> tuple[list[Row], list[str]]:
    """Rows of all sets that `folder` has, and the names of the sets' files that it lacks."""
    out: list[Row] = []
    missing = []
    for of in SETS:
        try:
            out += list(of(folder))
        except FileNotFoundError as error:
            if "no program" in str(error):
                raise
            missing.append(str(error.filename).removeprefix(str(folder)).lstrip("/"))
    return out, missing
