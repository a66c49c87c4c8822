"""Splitwise's engine of 2023 on 8 x A100-80: a host that launches layers slowly, and a knee in prompt tokens.

Its bandwidth is the accelerator's: left free it ends at its bound, as only BLOOM's decoding feels it, and there the
overhead of a layer does the same.
"""

import numpy as np

from . import data, shapes, step
from .fitting import at_bound, error, fit, show

BASE = step.Engine(attention_latency=0.0, collective_overhead=45e-6, elementwise_factor=1.36, prefill_knee_tokens=2048)
START = {"sequence_overhead": 3e-4, "layer_overhead": 2e-4, "launch_floor": 5.4e-4, "prefill_launch_floor": 8e-4,
         "compute_factor": 0.9, "prefill_knee_factor": 0.7}
LOWER = {"sequence_overhead": 0, "layer_overhead": 0, "launch_floor": 1e-4, "prefill_launch_floor": 1e-4,
         "compute_factor": 0.3, "prefill_knee_factor": 0}
UPPER = {"sequence_overhead": 2e-3, "layer_overhead": 5e-4, "launch_floor": 2e-3, "prefill_launch_floor": 3e-3,
         "compute_factor": 1.3, "prefill_knee_factor": 4}


def predict(x, table):
    """Prompt seconds, then token seconds (at the mean context of the answer) of all rows."""
    engine = BASE.with_(**x)
    prompt, token = [], []
    for r in table.itertuples():
        shape = shapes.BY_NAME[r.model]
        prompt.append(float(step.prefill(shape, 8, step.A100_80, engine, r.batch, r.length)))
        token.append(float(step.decode(shape, 8, step.A100_80, engine, r.batch, r.length + 64)))
    return np.array(prompt + token)


def measured(table):
    return np.concatenate([table.prompt, table.token])


def fit_splitwise(table):
    weight = np.repeat([1.0, 2.0], len(table))
    return fit(lambda x: predict(x, table), START, LOWER, UPPER, measured(table), weight)


def errors(x, table):
    both, n = predict(x, table), len(table)
    return {"prompt": error(both[:n], table.prompt), "token": error(both[n:], table.token)}


def leave(column):
    table = data.splitwise()
    return {v: errors(fit_splitwise(table[table[column] != v]), table[table[column] == v])
            for v in table[column].unique()}


def report():
    table = data.splitwise()
    x = fit_splitwise(table)
    e = errors(x, table)
    print(f"splitwise: {show(x)}  prompt {e['prompt']:.1f} %  token {e['token']:.1f} %  "
          f"at a bound: {at_bound(x, LOWER, UPPER) or 'none'}")
