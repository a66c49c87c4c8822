"""Step three: layers of Helix, which an L4 and a T4 have in common with an A100."""

from collections.abc import Callable

from . import data, fit_layers, ranges
from .fitting import Figures
from .names import HELIX, KERNELS, VLLM
from .results import Results



def helix(c: Results) -> None:
    """Helix's layers: the A100 that it has in common with the other sets, L4 and T4 beside it."""
    a100 = c.accelerator("a100-sxm-80")
    ratios = fit_layers.Ratios(kv=c.kernel_kv / a100.bandwidth_efficiency, ramp=a100.attention_ramp_tokens,
                               attention=a100.attention_efficiency / a100.compute_efficiency)
    vllm = c.engine(VLLM)
    overheads = {k: getattr(vllm, k) for k in ("layer_overhead", "attention_overhead", "elementwise_factor")}
    helix = fit_layers.Helix(ratios, overheads)
    x = c.helix = helix.fit(helix.table)
    c.helix_table = helix.table.assign(predicted=helix.predict(x, helix.table))
    c.bounds["Helix"] = helix.at_bound(x)
    e = helix.errors(x)
    c.errors.update({f"Helix, {device}, {phase}": value for (device, phase), value in e.items()})
    width = c.judge("Helix", helix.question()).widths

    def source(device: str) -> str:
        return (f"Thesys-lab/Helix-ASPLOS25, {device.upper()}, Llama-2-70B by layer, decode contexts not stated and "
                f"fitted to {x['context']:.0f} tokens: median error {e[device, 'decode']:.1f} % decode, "
                f"{e[device, 'prompt']:.1f} % prefill")

    c.put("accelerators", "a100-sxm-40", "bandwidth_efficiency", x["a100_eb"], "measured", source("a100"),
          ranges.share(x["a100_eb"], width["a100_eb"]))
    factor = c.put("engines", HELIX, "compute_factor", x["a100_ec"] / a100.compute_efficiency, "derived",
                   f"its A100's products against those of other sets: {source('a100')}", (1.0, 1.3))
    c.put("engines", HELIX, "bandwidth_factor", 1.0, "derived",
          "by definition: the bandwidth efficiencies of A100 40 GB, L4 and T4 were measured in it")
    products_of(c, x, factor, ratios, source, width)


def products_of(c: Results, x: Figures, factor: float, ratios: fit_layers.Ratios, source: Callable[[str], str],
                width: Figures) -> None:
    """What Helix's layers say of an L4 and a T4."""
    for device in ("l4", "t4"):
        why = (f"; less the engine's compute_factor of {factor}, found on its A100")
        compute, bandwidth = x[f"{device}_ec"] / factor, x[f"{device}_eb"]
        attention = ratios.attention * compute
        c.put("accelerators", device, "compute_efficiency", compute, "measured",
              source(device) + why, (compute * 0.9, compute * 1.2))
        c.put("accelerators", device, "bandwidth_efficiency", bandwidth, "measured", source(device),
              ranges.share(bandwidth, width[f"{device}_eb"]))
        c.put("accelerators", device, "kv_efficiency", ratios.kv * bandwidth, "derived",
              f"{ratios.kv:.2f} of bandwidth_efficiency, as kernels on an A100 ({KERNELS})",
              (0.75 * bandwidth, min(1.0, 1.1 * bandwidth)))
        c.put("accelerators", device, "attention_efficiency", attention,
              "derived", f"{ratios.attention:.2f} of compute_efficiency, as kernels on an A100 ({KERNELS})",
              (attention * 0.7, attention * 1.3))
