#include "results/summary_group.hpp"

#include <limits>

#include "results/read_file.hpp"
#include "results/summary_names.hpp"

namespace idlewatt::hdf5 {

void write_summary(hid_t parent, const Summary& summary) {
  const Handle group = create_group(parent, "summary");
  set_attribute(group.get(), "currency", summary.currency);
  for (const Measure& measure : measures()) {
    const Handle dataset = write_scalar(group.get(), name_in(measure, summary.currency), measure.get(summary));
    set_nan_fill_attribute(dataset.get());
    set_attribute(dataset.get(), "units", unit_in(measure, summary.currency));
    set_attribute(dataset.get(), "long_name", measure.label);
    set_attribute(dataset.get(), "meaning", measure.meaning);
    set_attribute(dataset.get(), "better", better_name(measure.better));
    set_attribute(dataset.get(), "group", group_name(measure.group));
    set_attribute(dataset.get(), "form", form_name(measure.form));
    set_attribute(dataset.get(), "headline", std::int32_t{is_shown(measure, {summary}) ? 1 : 0});
  }
}

Summary read_summary(hid_t parent) {
  const Handle group = open_group(parent, "summary");
  Summary summary;
  if (check(H5Aexists(group.get(), "currency"), "H5Aexists") > 0) {
    summary.currency = text_attribute(group.get(), "currency");
  }
  for (const Measure& measure : measures()) {
    double value = std::numeric_limits<double>::quiet_NaN();
    const std::string name = name_in(measure, summary.currency);
    if (exists(group.get(), name.c_str())) {
      value = number_dataset<double>(group.get(), name.c_str());
    }
    measure.set(summary, value);
  }
  return summary;
}

}  // namespace idlewatt::hdf5
