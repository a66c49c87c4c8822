// The folder of a grid's results: the work-list, and the state of every point. All state is in files, so any number of
// processes on any number of machines may work on the grid.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "results/result.hpp"
#include "sweep/sweep.hpp"

namespace idlewatt {

/// A lock that holds a point for one process. The system releases the lock when the process dies, for any reason.
class PointLock {
 public:
  explicit PointLock(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  PointLock(const PointLock&) = delete;
  PointLock& operator=(const PointLock&) = delete;
  ~PointLock();

  /// Removes the lock's file. The lock stays held.
  void remove_file() const;

 private:
  int descriptor_;
  std::string path_;
};

/// The state of a point.
enum class PointState {
  waiting,
  running,  ///< a process holds it
  done,     ///< its file is complete and belongs to this scenario
  failed,   ///< its error is stored in failed/
};

///     <folder>/grid.txt            which grid this is
///     <folder>/points/<file>       results; parts of them while they are written
///     <folder>/failed/<file>.txt   the fingerprint and the error of a point that failed
///     <folder>/locks/<file>.lock   held while a point is run
class SweepFolder {
 public:
  explicit SweepFolder(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  /// True when the folder holds this grid. Throws InputError when it holds another grid or other files.
  bool holds(const Sweep& grid) const;
  /// Creates the folder if needed. Throws InputError as holds() does, and OutputError when the folder cannot be
  /// written.
  void prepare(const Sweep& grid) const;

  std::string result_path(const SweepPoint& point) const;
  bool is_done(const SweepPoint& point) const;
  /// The result of a completed point; nothing for any other point.
  std::optional<Result> result(const SweepPoint& point) const;
  /// The error of a failed point; nothing for any other point.
  std::optional<std::string> failure(const SweepPoint& point) const;
  PointState state(const SweepPoint& point) const;

  void write_failure(const SweepPoint& point, const std::string& message) const;
  void forget_failure(const SweepPoint& point) const;

  /// Locks the point; null when another process holds it.
  std::unique_ptr<PointLock> lock(const SweepPoint& point) const;
  /// Removes the files that dead workers have left. Requires that no process works on the grid.
  void tidy(const Sweep& grid) const;

 private:
  std::string failure_path(const SweepPoint& point) const;
  std::string lock_path(const SweepPoint& point) const;

  std::string path_;
};

}  // namespace idlewatt
