"""Splitwise's engine of 2023 on 8 x A100-80: a host that launches layers slowly, and a knee in prompt tokens.

Its bandwidth is the accelerator's: left free it ends at its bound, as only BLOOM's decoding feels it, and there the
overhead of a layer does the same.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from . import catalogue, data, step
from .catalogue import Entry
from .fitting import Figures, Floats, Predict, error, fit, loose
from .ranges import Question

START = {"sequence_overhead": 3e-4, "layer_overhead": 2e-4, "layer_launch": 5.4e-4, "prefill_layer_launch": 8e-4,
         "compute_factor": 0.9, "long_step_factor": 0.7}
LOWER = {"sequence_overhead": 0, "layer_overhead": 0, "layer_launch": 1e-4, "prefill_layer_launch": 1e-4,
         "compute_factor": 0.3, "long_step_factor": 0}
UPPER = {"sequence_overhead": 2e-3, "layer_overhead": 5e-4, "layer_launch": 2e-3, "prefill_layer_launch": 3e-3,
         "compute_factor": 1.3, "long_step_factor": 4}


def predict(x: Figures, table: pd.DataFrame, acc: Entry, engine: Entry) -> Floats:
    """Prompt seconds, then token seconds (at the mean context of the answer) of all rows."""
    board = {k: v for k, v in x.items() if k in vars(acc)}
    acc, engine = acc.with_(**board), engine.with_(**{k: v for k, v in x.items() if k not in board})
    prompt, token = np.empty(len(table)), np.empty(len(table))
    for name, rows in table.reset_index(drop=True).groupby("model").groups.items():
        model, batch, length = catalogue.model(name), table.batch.to_numpy()[rows], table.length.to_numpy()[rows]
        prompt[rows] = step.prefill(model, acc, engine, batch, length, tp=8, precision="fp16")[0]
        token[rows] = step.decode(model, acc, engine, batch, length + 64, tp=8, precision="fp16")[0]
    return np.concatenate([prompt, token])


class Asked(NamedTuple):
    """What `fit` is asked."""

    predict: Predict
    measured: Floats
    weight: Floats


def _asked(table: pd.DataFrame, acc: Entry, engine: Entry) -> Asked:
    return Asked(lambda x: predict(x, table, acc, engine), np.concatenate([table.prompt, table.token]),
                 np.repeat([1.0, 2.0], len(table)))


def fit_splitwise(table: pd.DataFrame, acc: Entry, engine: Entry) -> Figures:
    asked = _asked(table, acc, engine)
    return fit(asked.predict, START, LOWER, UPPER, asked.measured, asked.weight, places=4)


def not_identified(x: Figures, table: pd.DataFrame, acc: Entry, engine: Entry) -> list[str]:
    """Names of the parameters that `table` leaves open."""
    asked = _asked(table, acc, engine)
    return loose(asked.predict, x, asked.measured, asked.weight)


def errors(x: Figures, table: pd.DataFrame, acc: Entry, engine: Entry) -> dict[str, float]:
    both, n = predict(x, table, acc, engine), len(table)
    return {"prompt": error(both[:n], table.prompt), "token": error(both[n:], table.token)}


def leave(column: str, acc: Entry, engine: Entry) -> dict[object, tuple[dict[str, float], list[str]]]:
    """Of each value of a column, with the rest fitted: (errors, names of the parameters that the rest leaves open)."""
    table, out = data.splitwise(), {}
    for value in table[column].unique():
        rest = table[table[column] != value]
        x = fit_splitwise(rest, acc, engine)
        out[value] = (errors(x, table[table[column] == value], acc, engine), not_identified(x, rest, acc, engine))
    return out


def question(table: pd.DataFrame, acc: Entry, engine: Entry, given: dict[str, tuple[float, float]]) -> Question:
    """A prompt, or a token, of one model, batch and length; both are left out together. `given`: as Question has it."""
    count = len(table)
    asked = _asked(table, acc, engine)
    return Question(lambda kept: fit_splitwise(table[kept[:count]], acc, engine), asked.predict, asked.measured,
                    [*range(count), *range(count)], list(range(2 * count)), given)
