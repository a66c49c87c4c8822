"""Fits everything, writes coefficients into platforms/ and the report beside them."""

import sys

from . import catalogue, coefficients, leave_out, plots, report, results


def main() -> None:
    calibration = coefficients.calibrated()
    changed = 0
    for path, text in results.files(calibration).items():
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed += 1
    print(f"{len(calibration.figures)} figures in platforms/, {changed} files changed")
    report.place().write_text(report.page(calibration, list(leave_out.rows(calibration))), encoding="utf-8")
    plots.all_of(calibration, catalogue.PLATFORMS / "images")
    print("platforms/CALIBRATION.md and its pictures written")


if __name__ == "__main__":
    try:
        main()
    except FileNotFoundError as error:
        sys.exit(f"calibration: {error}")
