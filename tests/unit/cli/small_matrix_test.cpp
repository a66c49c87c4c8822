#include "cli/calibrate/small_matrix.hpp"

#include <catch2/catch.hpp>

namespace idlewatt {
namespace {

/// Eigenvalues 4 and 1, in the directions (1, 1) and (1, -1).
SquareMatrix of_two(double diagonal, double beside) {
  SquareMatrix matrix(2);
  matrix.at(0, 0) = matrix.at(1, 1) = diagonal;
  matrix.at(0, 1) = matrix.at(1, 0) = beside;
  return matrix;
}

TEST_CASE("Cholesky solves and inverts", "[calibrate]") {
  const auto solver = Cholesky::of(of_two(2.5, 1.5));
  REQUIRE(solver);
  const std::vector<double> solution = solver->solve({4.0, 4.0});
  CHECK(solution[0] == Approx(1.0));
  CHECK(solution[1] == Approx(1.0));
  const SquareMatrix inverse = solver->inverse();
  CHECK(inverse.at(0, 0) == Approx(0.625));
  CHECK(inverse.at(0, 1) == Approx(-0.375));
}

TEST_CASE("A matrix with a negative eigenvalue has no Cholesky factor, and loses that eigenvalue", "[calibrate]") {
  const SquareMatrix matrix = of_two(1.5, 2.5);  // 4 and -1
  CHECK_FALSE(Cholesky::of(matrix));
  const SquareMatrix cleared = without_negative(matrix);  // 4 and 0
  for (std::size_t row = 0; row < 2; ++row) {
    for (std::size_t column = 0; column < 2; ++column) {
      CHECK(cleared.at(row, column) == Approx(2.0));
    }
  }
}

TEST_CASE("A matrix without negative eigenvalues stays", "[calibrate]") {
  const SquareMatrix matrix = of_two(2.5, -1.5);
  const SquareMatrix same = without_negative(matrix);
  CHECK(same.at(0, 0) == Approx(2.5));
  CHECK(same.at(0, 1) == Approx(-1.5));
}

}  // namespace
}  // namespace idlewatt
