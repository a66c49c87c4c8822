"""Step eight: how fast weights are read from disk and copied to the accelerator. The simulator does one after the other, so
each measured load is divided between both, and no second of it counts twice."""

from typing import Final

from . import data, ranges
from .catalogue import quantity
from .names import VLLM
from .results import Results

LLAMA_3_8B: Final = 16.06e9  # bytes of the weights in 16 bits
LLAMA_2_7B: Final = 13.48e9
H100_DISK: Final = "29.4 GB/s"  # of the server on which the loads were measured

# Servers with the disk of the A100 server that was measured, for want of measurements of their own.
LIKE_THE_A100S: Final = (
    "a100-40-1", "a100-80-1", "a100-pcie-80-1", "a100-pcie-80-4", "hgx-a100-40", "hgx-a100-80", "inferentia2-1",
    "inferentia2-12", "l4-1", "l4-4", "l4-8", "l40s-1", "l40s-4", "l40s-8", "t4-1", "t4-4", "tpu-v5e-1", "tpu-v5e-4",
    "tpu-v5e-8", "trainium1-1", "trainium1-16")
MEASURED_A100S: Final = ("a100-40-1", "a100-80-1", "hgx-a100-40", "hgx-a100-80")
WITH_GP3: Final = ("a10g-1", "a10g-4", "a10g-8")


def starts(c: Results) -> None:
    """Loads from an NVMe to one H100 give the speed of the copy; loads on an A100 and an A10G that of their disks."""
    seconds = data.safetensors_loads()
    read_s = LLAMA_3_8B / quantity(H100_DISK)
    copy_s = seconds.mean() - read_s
    l40s = data.l40s_weight_load()
    load = c.put(
        "engines", VLLM, "load", round(LLAMA_3_8B / copy_s / 1e9, 1) * 1e9, "measured",
        f"safetensors load of Llama-3.1-8B to one H100, 16.06 GB in {seconds.mean():.3f} s, less the {read_s:.2f} s in which "
        f"its NVMe of 29.4 GB/s reads them, which `disk` of the server counts (ServerlessLLM/benchmarks, h100_2025). Range: "
        f"from the slowest of {len(seconds)} repeats ({seconds.max():.1f} s) to 13.48 GB in {l40s:.2f} s on the host of an L40S "
        "(upb-cn/vllm-startup-profiler)",
        ranges.outward(LLAMA_3_8B / (seconds.max() - read_s), LLAMA_2_7B / l40s))

    a100_s = data.a100_weight_loads().mean()
    a100 = LLAMA_2_7B / (a100_s - LLAMA_2_7B / load)
    gp3_s = data.gp3_load()
    gp3 = LLAMA_3_8B / (gp3_s - LLAMA_3_8B / load)
    span = ranges.outward(gp3, 7e9)
    measured = (f"13.48 GB of Llama-2-7B are read and copied in {a100_s:.2f} s on an A100 (upb-cn/vllm-startup-profiler), less "
                "the copy at the engine's `load`")
    others = (f"Range: from a network volume (an A10G's, run-ai/runai-model-streamer) to one NVMe of 7 GB/s")
    for server in LIKE_THE_A100S:
        own = server in MEASURED_A100S
        c.put("servers", server, "disk", a100, "derived" if own else "assumed",
              f"{measured}. {others}" if own else f"as a server of A100s: {measured}. {others}", span)
    for server in WITH_GP3:
        c.put("servers", server, "disk", gp3, "derived",
              f"16.06 GB of Llama-3-8B are read from a GP3 volume of 750 MB/s by safetensors and copied in {gp3_s:.1f} s "
              "(g5.12xlarge; run-ai/runai-model-streamer), less the copy at the engine's `load`. Range: to a server with a local "
              "NVMe, as those of A100s", ranges.outward(gp3, a100))
