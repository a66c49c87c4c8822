#include "cli/calibrate/small_matrix.hpp"

#include <algorithm>
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

namespace {

/// One rotation of Jacobi's method, after which `a` has 0 at (p, q); `v` collects the rotations.
void rotate(SquareMatrix& a, SquareMatrix& v, std::size_t p, std::size_t q) {
  if (a.at(p, q) == 0.0) {
    return;
  }
  const double theta = (a.at(q, q) - a.at(p, p)) / (2.0 * a.at(p, q));
  const double t = std::copysign(1.0, theta) / (std::abs(theta) + std::hypot(1.0, theta));
  const double c = 1.0 / std::hypot(1.0, t);
  const double s = t * c;
  for (std::size_t k = 0; k < a.rows(); ++k) {
    const double kp = a.at(k, p);
    const double kq = a.at(k, q);
    a.at(k, p) = c * kp - s * kq;
    a.at(k, q) = s * kp + c * kq;
  }
  for (std::size_t k = 0; k < a.rows(); ++k) {
    const double pk = a.at(p, k);
    const double qk = a.at(q, k);
    a.at(p, k) = c * pk - s * qk;
    a.at(q, k) = s * pk + c * qk;
    const double kp = v.at(k, p);
    const double kq = v.at(k, q);
    v.at(k, p) = c * kp - s * kq;
    v.at(k, q) = s * kp + c * kq;
  }
}

}  // namespace

SquareMatrix without_negative(const SquareMatrix& matrix) {
  const std::size_t n = matrix.rows();
  SquareMatrix a = matrix;
  SquareMatrix v(n);
  for (std::size_t i = 0; i < n; ++i) {
    v.at(i, i) = 1.0;
  }
  constexpr int sweeps = 30;  // convergence is quadratic; a few suffice
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    for (std::size_t p = 0; p < n; ++p) {
      for (std::size_t q = p + 1; q < n; ++q) {
        rotate(a, v, p, q);
      }
    }
  }
  SquareMatrix result(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k < n; ++k) {
        result.at(i, j) += v.at(i, k) * std::max(0.0, a.at(k, k)) * v.at(j, k);
      }
    }
  }
  return result;
}

}  // namespace idlewatt
