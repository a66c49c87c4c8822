"""One robust least-squares fit of logarithms, and the error figures that the tables print."""

import numpy as np
from scipy.optimize import least_squares


def fit(predict, start, lower, upper, measured, weight=1.0):
    """Parameters (a dictionary, as `start`) that bring predict(parameters) closest to `measured`, relatively.

    Each parameter is scaled by its start value (not zero), so that microseconds and efficiencies weigh alike.
    """
    names = list(start)
    scale = np.array([start[n] for n in names], dtype=float)
    measured = np.asarray(measured, dtype=float)

    def residuals(x):
        return np.log(predict(dict(zip(names, x * scale))) / measured) * weight

    bounds = (np.array([lower[n] for n in names]) / scale, np.array([upper[n] for n in names]) / scale)
    found = least_squares(residuals, np.ones(len(names)), bounds=bounds, loss="soft_l1", f_scale=0.05)
    return dict(zip(names, found.x * scale))


def at_bound(parameters, lower, upper, share=0.001):
    """Names of the parameters that ended on a bound: a warning."""
    return [n for n, v in parameters.items() if v <= lower[n] + share * (upper[n] - lower[n])
            or v >= upper[n] - share * (upper[n] - lower[n])]


def error(predicted, measured):
    """Median absolute relative error, in per cent."""
    return 100 * float(np.median(np.abs(np.asarray(predicted) / np.asarray(measured) - 1)))


def bias(predicted, measured):
    """Median relative error, in per cent."""
    return 100 * float(np.median(np.asarray(predicted) / np.asarray(measured) - 1))


def show(parameters):
    return "  ".join(f"{name} {value:.3g}" for name, value in parameters.items())
