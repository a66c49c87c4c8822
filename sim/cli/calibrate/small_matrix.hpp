// Symmetric matrices of a few rows, as least squares with a few unknowns need them.
#pragma once

#include <optional>
#include <vector>

namespace idlewatt {

/// A square matrix of doubles.
class SquareMatrix {
 public:
  explicit SquareMatrix(std::size_t rows) : rows_(rows), values_(rows * rows) {}

  std::size_t rows() const { return rows_; }
  double& at(std::size_t row, std::size_t column) { return values_[row * rows_ + column]; }
  double at(std::size_t row, std::size_t column) const { return values_[row * rows_ + column]; }

 private:
  std::size_t rows_;
  std::vector<double> values_;
};

/// The lower triangle L of a symmetric positive definite matrix, which is L times its transpose (Cholesky).
class Cholesky {
 public:
  /// Nothing when the matrix is not positive definite.
  static std::optional<Cholesky> of(const SquareMatrix& matrix);

  /// The solution of matrix x solution = `right`.
  std::vector<double> solve(std::vector<double> right) const;
  SquareMatrix inverse() const;

 private:
  explicit Cholesky(SquareMatrix lower) : lower_(std::move(lower)) {}

  SquareMatrix lower_;
};

/// The symmetric matrix with 0 in place of its negative eigenvalues (by Jacobi's rotations).
SquareMatrix without_negative(const SquareMatrix& matrix);

}  // namespace idlewatt
