#include "cli/calibrate/small_matrix.hpp"

#include <cmath>
#include <utility>

namespace idlewatt {

std::optional<Cholesky> Cholesky::of(const SquareMatrix& matrix) {
  SquareMatrix lower(matrix.rows());
  for (std::size_t i = 0; i < matrix.rows(); ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double left = matrix.at(i, j);
      for (std::size_t k = 0; k < j; ++k) {
        left -= lower.at(i, k) * lower.at(j, k);
      }
      if (i == j && !(left > 0.0)) {
        return std::nullopt;
      }
      lower.at(i, j) = i == j ? std::sqrt(left) : left / lower.at(j, j);
    }
  }
  return Cholesky(std::move(lower));
}

std::vector<double> Cholesky::solve(std::vector<double> right) const {
  const std::size_t n = lower_.rows();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      right[i] -= lower_.at(i, k) * right[k];
    }
    right[i] /= lower_.at(i, i);
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) {
      right[i] -= lower_.at(k, i) * right[k];
    }
    right[i] /= lower_.at(i, i);
  }
  return right;
}

SquareMatrix Cholesky::inverse() const {
  SquareMatrix result(lower_.rows());
  for (std::size_t column = 0; column < lower_.rows(); ++column) {
    std::vector<double> unit(lower_.rows());
    unit[column] = 1.0;
    unit = solve(std::move(unit));
    for (std::size_t row = 0; row < lower_.rows(); ++row) {
      result.at(row, column) = unit[row];
    }
  }
  return result;
}

}  // namespace idlewatt
