#include "base/fingerprint.hpp"

#include <set>

#include "base/error.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace idlewatt;

TEST_CASE("fingerprints tell texts, their order and their borders apart") {
  const std::string one = Fingerprint().add("ab").add("c").text();
  CHECK(one.size() == 32);
  CHECK(one == Fingerprint().add("ab").add("c").text());
  CHECK(one != Fingerprint().add("a").add("bc").text());
  CHECK(one != Fingerprint().add("c").add("ab").text());
  CHECK(one != Fingerprint().add("abc").text());
  CHECK(Fingerprint().text() != Fingerprint().add("").text());
}

TEST_CASE("a part of the digits tells a hundred thousand neighbours apart") {
  std::set<std::string> heads;
  for (int i = 0; i < 100'000; ++i) {
    heads.insert(Fingerprint().add("axis").add(std::to_string(i)).text().substr(0, 12));
  }
  CHECK(heads.size() == 100'000);
}

TEST_CASE("files have the fingerprint of their content") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/file";
  std::ofstream(path) << std::string(200'000, 'x');
  const std::string before = fingerprint_of_file(path);
  CHECK(before == fingerprint_of_file(path));
  std::ofstream(path) << std::string(199'999, 'x') + "y";
  CHECK(before != fingerprint_of_file(path));
  CHECK_THROWS_AS(fingerprint_of_file(folder.path() + "/none"), InputError);
}
