// Writes a run into one HDF5 file (analysis/FORMAT.md describes it).
#pragma once

#include <memory>
#include <string>

#include "ledger/recorder.hpp"

namespace idlewatt {

/// Writes a part beside `path` from begin() on, and renames the part to `path` in end(). A recorder that is destroyed
/// before end() leaves the flushed data (whole chunks of bins and of requests) as `<path>.part`. A process that is
/// killed leaves the same data under the part's own name (base/whole_file.hpp). Equal runs give equal bytes. Throws
/// OutputError, which names the file and the reason.
class Hdf5Recorder : public Recorder {
 public:
  explicit Hdf5Recorder(std::string path);
  ~Hdf5Recorder() override;
  Hdf5Recorder(const Hdf5Recorder&) = delete;
  Hdf5Recorder& operator=(const Hdf5Recorder&) = delete;

  void begin(const RunLayout& layout, const Provenance& provenance) override;
  void bin(const SeriesBin& bin) override;
  void request(const RequestRecord& record) override;
  void latencies(const std::vector<LatencyHistogram>& histograms) override;
  void attribution(const std::vector<Attribution>& parts, const std::string& currency) override;
  void metered(const Meter& meter, const Tariff& tariff, const std::string& site) override;
  void end(const Summary& summary) override;

 private:
  struct Open;  ///< file while it is being written

  Open& open();

  std::string path_;
  std::unique_ptr<Open> open_;
};

}  // namespace idlewatt
