// What a calibration found, and its forms: text, JSON, and entries for a scenario's `catalog:`.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "cli/calibrate/candidates.hpp"
#include "cli/calibrate/fit.hpp"
#include "cli/calibrate/held_out.hpp"

namespace idlewatt {

/// One figure of the catalogue that was fitted, or could not be.
struct CalibratedFigure {
  std::string kind;   ///< "accelerators", "servers" or "engines"
  std::string entry;  ///< name of the catalogue's entry
  std::string key;
  Dimension dimension = Dimension::number;
  double before = 0.0;  ///< the catalogue's value
  bool identified = false;
  double value = 0.0;  ///< when identified, as are the ends of the range; four significant digits
  double low = 0.0;
  double high = 0.0;
  std::string note = {};  ///< why it is not identified, or what its value depends on

  std::string path() const { return kind + "." + entry + "." + key; }
};

/// A file that was read.
struct CalibrationSource {
  std::string file;
  std::string format;
  std::size_t fitted = 0;    ///< requests, or samples
  std::size_t held_out = 0;  ///< requests
  std::string unit;          ///< "requests"
  std::string day;           ///< "2026-08-15"; empty when nobody says it
};

/// The result of a calibration.
struct Calibration {
  std::vector<CalibrationSource> sources;
  std::vector<CalibratedFigure> figures;
  std::vector<LatencyErrors> errors;  ///< on held-out requests

  bool any_identified() const;
};

/// The figures of a fit, with a sentence for each that is not identified.
std::vector<CalibratedFigure> figures_of_fit(const std::vector<Candidate>& candidates, const Fit& fit);

std::string calibration_text(const Calibration& calibration);
nlohmann::ordered_json calibration_json(const Calibration& calibration);

/// A file for `catalog:`: the identified figures, in entries that are like the catalogue's and have their names.
std::string overlay_text(const Calibration& calibration);

}  // namespace idlewatt
