"""Runs all fits and prints coefficients and the table of errors on left-out data."""

import sys

from . import fit_bench, fit_kernels, fit_layers, fit_power, fit_splitwise, leave_out


def main():
    for module in (fit_kernels, fit_layers, fit_bench, fit_splitwise, fit_power, leave_out):
        print(f"\n== {module.__doc__.splitlines()[0]}")
        module.report()


if __name__ == "__main__":
    try:
        main()
    except FileNotFoundError as error:
        sys.exit(f"calibration: {error}")
