// The folder of a grid's results: the work-list, and all that is known of who has done what. Only files, so that any
// number of processes on any number of machines may work on it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "results/result.hpp"
#include "sweep/sweep.hpp"

namespace idlewatt {

/// Holds a point for one process. The system gives it back when the process dies, however it dies.
class PointLock {
 public:
  explicit PointLock(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  PointLock(const PointLock&) = delete;
  PointLock& operator=(const PointLock&) = delete;
  ~PointLock();

  /// Removes the file of the lock; it goes on holding.
  void remove_file() const;

 private:
  int descriptor_;
  std::string path_;
};

/// What is known of a point.
enum class PointState {
  waiting,
  running,  ///< some process holds it
  done,     ///< its file says complete, and is of this very scenario
  failed,   ///< its error stands in failed/
};

///     <folder>/grid.txt            which grid this is
///     <folder>/points/<file>       results; parts of them while they are written
///     <folder>/failed/<file>.txt   the fingerprint and the error of a point that failed
///     <folder>/locks/<file>.lock   held while a point is run
class SweepFolder {
 public:
  explicit SweepFolder(std::string path) : path_(std::move(path)) {}

  const std::string& path() const { return path_; }
  /// Whether it holds this grid. Throws InputError when it holds another one, or something else.
  bool holds(const Sweep& grid) const;
  /// Makes it, if need be. Throws InputError as holds() does, OutputError when it cannot be written.
  void prepare(const Sweep& grid) const;

  std::string result_path(const SweepPoint& point) const;
  bool is_done(const SweepPoint& point) const;
  /// What the file of a point says that is done; nothing for any other.
  std::optional<Result> result(const SweepPoint& point) const;
  /// The error of a point that failed.
  std::optional<std::string> failure(const SweepPoint& point) const;
  PointState state(const SweepPoint& point) const;

  void write_failure(const SweepPoint& point, const std::string& message) const;
  void forget_failure(const SweepPoint& point) const;

  /// Null when another process has it.
  std::unique_ptr<PointLock> lock(const SweepPoint& point) const;
  /// Removes what workers that died have left. For when no one works on the grid any more.
  void tidy(const Sweep& grid) const;

 private:
  std::string failure_path(const SweepPoint& point) const;
  std::string lock_path(const SweepPoint& point) const;

  std::string path_;
};

}  // namespace idlewatt
