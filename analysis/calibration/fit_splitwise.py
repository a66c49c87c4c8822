"""Splitwise's engine of 2023 on 8 x A100-80: a host that launches layers slowly, and a knee in prompt tokens.

Its bandwidth is the accelerator's: left free it ends at its bound, as only BLOOM's decoding feels it, and there the
overhead of a layer does the same.
"""

import numpy as np

from . import catalogue, data, step
from .fitting import error, fit, loose

START = {"sequence_overhead": 3e-4, "layer_overhead": 2e-4, "layer_launch": 5.4e-4, "prefill_layer_launch": 8e-4,
         "compute_factor": 0.9, "long_step_factor": 0.7}
LOWER = {"sequence_overhead": 0, "layer_overhead": 0, "layer_launch": 1e-4, "prefill_layer_launch": 1e-4,
         "compute_factor": 0.3, "long_step_factor": 0}
UPPER = {"sequence_overhead": 2e-3, "layer_overhead": 5e-4, "layer_launch": 2e-3, "prefill_layer_launch": 3e-3,
         "compute_factor": 1.3, "long_step_factor": 4}


def predict(x, table, acc, engine):
    """Prompt seconds, then token seconds (at the mean context of the answer) of all rows."""
    engine = engine.with_(**x)
    prompt, token = np.empty(len(table)), np.empty(len(table))
    for name, rows in table.reset_index(drop=True).groupby("model").groups.items():
        model, batch, length = catalogue.model(name), table.batch.to_numpy()[rows], table.length.to_numpy()[rows]
        prompt[rows] = step.prefill(model, acc, engine, batch, length, tp=8, precision="fp16")[0]
        token[rows] = step.decode(model, acc, engine, batch, length + 64, tp=8, precision="fp16")[0]
    return np.concatenate([prompt, token])


def _question(table, acc, engine):
    """What `fit` is asked."""
    weight = np.repeat([1.0, 2.0], len(table))
    measured = np.concatenate([table.prompt, table.token])
    return lambda x: predict(x, table, acc, engine), START, LOWER, UPPER, measured, weight


def fit_splitwise(table, acc, engine):
    return fit(*_question(table, acc, engine), places=4)


def not_identified(x, table, acc, engine):
    """Names of the parameters that `table` leaves open."""
    of, _, _, _, measured, weight = _question(table, acc, engine)
    return loose(of, x, measured, weight)


def errors(x, table, acc, engine):
    both, n = predict(x, table, acc, engine), len(table)
    return {"prompt": error(both[:n], table.prompt), "token": error(both[n:], table.token)}


def leave(column, acc, engine):
    """Of each value of a column, with the rest fitted: (errors, names of the parameters that the rest leaves open)."""
    table, out = data.splitwise(), {}
    for value in table[column].unique():
        rest = table[table[column] != value]
        x = fit_splitwise(rest, acc, engine)
        out[value] = (errors(x, table[table[column] == value], acc, engine), not_identified(x, rest, acc, engine))
    return out
