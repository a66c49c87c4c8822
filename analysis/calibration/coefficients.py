"""All fits in their order, each a step of its own on what those before it left."""

from . import hosts, kernels, layers, newer, power, starts
from .results import Results


def calibrated() -> Results:
    """Figures of platforms/ and what the report says of them."""
    c = Results()
    kernels.a100(c)
    kernels.assumed(c)
    kernels.experts(c)
    newer.kernels(c)
    layers.helix(c)
    hosts.hosts(c)
    newer.servings(c)
    newer.mi300x(c)
    newer.memory(c)
    power.power(c)
    starts.starts(c)
    return c
