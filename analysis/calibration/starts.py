"""Step eight: how fast weights are loaded."""

from . import data, ranges
from .names import VLLM
from .results import Results



def starts(c: Results) -> None:
    """Loads of weights from an NVMe to one H100, and what thirty repeats of one spread over."""
    seconds = data.safetensors_loads()
    size = 16.06e9  # of Llama-3.1-8B, bytes
    c.put("engines", VLLM, "load", round(size / seconds.mean() / 1e9, 1) * 1e9, "measured",
          f"safetensors load of Llama-3.1-8B, 16.06 GB in {seconds.mean():.3f} s, from an NVMe of 29.4 GB/s to one H100 "
          f"(ServerlessLLM/benchmarks, h100_2025). {len(seconds)} repeats took {seconds.min():.1f} to {seconds.max():.1f} "
          "s: the range", ranges.outward(size / seconds.max(), size / seconds.min()))
