"""Calibration of the simulator's physics on public measurements; `python3 -m calibration` runs all fits."""
