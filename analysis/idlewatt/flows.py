"""Where the energy of a run flows: from the meter to what it did."""

from __future__ import annotations

from dataclasses import dataclass

from .result import Run
from .stack import BUSY, FACILITY, SERVERS_WASTE, SERVERS_WORK, WASTE, PowerStack, power_stack

METER, ACCELERATORS, HOSTS = "meter", "accelerators", "hosts"
_LEAST_SHARE = 5e-4
"""of the run's energy; less is no flow that one could see"""


@dataclass(frozen=True)
class Flow:
    """Energy from one place to another: METER, ACCELERATORS, HOSTS, or a layer of the PowerStack."""

    source: str
    target: str
    kwh: float


def energy_flows(run: Run, stack: PowerStack | None = None) -> list[Flow]:
    """From the meter to accelerators, servers and network, and the facility; and on to what each did with it.

    What flows into a place flows out of it, to rounding; flows too thin to be seen are left out.
    """
    stack = stack or power_stack(run)
    kwh = {layer: stack.energy_kwh(layer) for layer in stack.layers_w}
    hosts = [layer for layer in (SERVERS_WORK, SERVERS_WASTE) if layer in kwh]
    accelerators = [layer for layer in kwh if layer not in (*hosts, FACILITY)]
    busy = [layer for layer in accelerators if layer in BUSY]
    waste = [layer for layer in accelerators if layer in WASTE]
    rest = [layer for layer in accelerators if layer not in busy + waste]
    flows = [
        Flow(METER, ACCELERATORS, sum(kwh[layer] for layer in accelerators)),
        Flow(METER, HOSTS, sum(kwh[layer] for layer in hosts)),
        *(Flow(ACCELERATORS, layer, kwh[layer]) for layer in busy),
        *(Flow(HOSTS, layer, kwh[layer]) for layer in hosts if layer == SERVERS_WORK),
        *(Flow(ACCELERATORS, layer, kwh[layer]) for layer in waste),
        *(Flow(HOSTS, layer, kwh[layer]) for layer in hosts if layer == SERVERS_WASTE),
        *(Flow(ACCELERATORS, layer, kwh[layer]) for layer in rest),
        Flow(METER, FACILITY, kwh.get(FACILITY, 0.0)),
    ]
    least = _LEAST_SHARE * sum(kwh.values())
    return [flow for flow in flows if flow.kwh > least]
