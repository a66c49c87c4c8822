"""Step seven: watts of a busy A100; those of Hopper are in newer.py."""

from . import fit_power, newer, ranges
from .fitting import at_bound
from .names import SPLITWISE, VLLM
from .ranges import Span
from .results import Results



def power(c: Results) -> None:
    boards = ("a100-sxm-40", "a100-sxm-80")
    a100 = fit_power.A100(c.accelerator(boards[0]), c.engine(VLLM), c.accelerator(boards[1]),
                          c.engine(SPLITWISE))
    x = a100.fit()
    e = a100.errors(x)
    c.a100_power, c.a100_power_fit = a100, x
    c.errors.update({f"power, {board}": value for board, value in e.items()})
    c.bounds["A100 power"] = at_bound(x, fit_power.LOWER, fit_power.UPPER)
    source = (f"joint fit of power: Llama-3-8B by vLLM on an A100 40 GB, lengths not stated and taken as 128 to 1024 "
              f"(argonne-lcf/LLM-Inference-Bench; median error {e[boards[0]]:.1f} %), and decode of two models on "
              f"8 x A100 80 GB (Mutinifni/splitwise-sim; {e[boards[1]]:.1f} %)")
    width = c.judge("A100 power", a100.question()).widths
    c.put("accelerators", boards[0], "busy_static", x["static"], "measured", source,
          ranges.time(x["static"], width["static"]))
    link = c.put_on(boards, "link_active", 18.0, "assumed",
                    f"of {x['static_80']:.0f} W static in eight boards with tensor parallelism and "
                    f"{x['static']:.0f} W in one of 40 GB alone, part is links and waiting, part the larger memory; "
                    "no data tell them apart", (0.0, 40.0))
    c.put("accelerators", boards[1], "busy_static", x["static_80"] - link, "derived",
          f"{x['static_80']:.0f} W with tensor parallelism, less link_active; {source}",
          (x["static"], x["static_80"]))
    jb = c.put_on(boards, "joules_per_byte", x["joules_per_byte"], "measured",
                  source + ". Covers everything that moves with the bytes, not the memory chips alone",
                  ranges.time(x["joules_per_byte"], width["joules_per_byte"]))
    for name in boards:
        flop_energies(c, name, x["joules_per_flop"], "measured",
                      source + ". Faster prefill meets the board limit",
                      ranges.time(x["joules_per_flop"], width["joules_per_flop"]))
    newer.watts(c)


def flop_energies(c: Results, name: str, value: float, status: str, source: str, between: Span) -> None:
    value = c.put("accelerators", name, ("joules_per_flop", "fp16"), value, status, source, between)
    c.put("accelerators", name, ("joules_per_flop", "bf16"), value, "derived",
          "as fp16: the same tensor cores at the same peak", between)
