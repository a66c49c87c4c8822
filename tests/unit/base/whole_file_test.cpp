#include "base/whole_file.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <sys/file.h>
#include <unistd.h>
#include <vector>

#include "support/catch.hpp"

using namespace idlewatt;
namespace fs = std::filesystem;

namespace {

class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "idlewatt-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::vector<std::string> names() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(path_)) {
      names.insert(entry.path().filename().string());
    }
    return {names.begin(), names.end()};
  }
  std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void put(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace

TEST_CASE("a whole file replaces what was there, and leaves nothing else") {
  const Folder folder;
  const std::string path = folder / "a.txt";
  write_whole_file(path, "first");
  write_whole_file(path, std::string(3'000'000, 'x'));
  CHECK(content_of(path) == std::string(3'000'000, 'x'));
  CHECK(folder.names() == std::vector<std::string>{"a.txt"});
}

TEST_CASE("a name that is a symbolic link is replaced, and its target is left alone") {
  const Folder folder;
  put(folder / "precious", "mine");
  fs::create_symlink(folder / "precious", folder / "a.txt");
  write_whole_file(folder / "a.txt", "ours");
  CHECK(content_of(folder / "precious") == "mine");
  CHECK_FALSE(fs::is_symlink(folder / "a.txt"));
}

TEST_CASE("no part follows a symbolic link or takes a file that is there") {
  const Folder folder;
  const std::string path = folder / "a.txt";
  const std::string part = part_name(path);
  fs::create_symlink(folder / "elsewhere", part);
  CHECK_THROWS_WITH(create_part(part, path), "File exists");
  CHECK_FALSE(fs::exists(folder / "elsewhere"));
}

TEST_CASE("what is no regular file is not replaced") {
  const Folder folder;
  fs::create_directory(folder / "taken");
  CHECK_THROWS_WITH(write_whole_file(folder / "taken", ""), "cannot write " + (folder / "taken") + ": Is a directory");
  CHECK_THROWS_WITH(write_whole_file("/dev/null", ""), "cannot write /dev/null: it is no regular file");
  CHECK_THROWS_WITH(write_whole_file(folder / "no/a.txt", ""), Catch::EndsWith(": No such file or directory"));
  fs::create_symlink("loop", folder / "loop");
  CHECK_THROWS_WITH(write_whole_file(folder / "loop/a.txt", ""),
                    Catch::EndsWith(": Too many levels of symbolic links"));
  CHECK_THROWS_WITH(write_whole_file(folder / std::string(300, 'n'), ""), Catch::EndsWith(": File name too long"));
  CHECK(folder.names() == std::vector<std::string>{"loop", "taken"});
}

TEST_CASE("names of parts are new each time, and fit where the name itself fits") {
  const std::string name(255, 'n');
  const std::string part = part_name("out/" + name);
  CHECK(part.size() == 4 + 255);
  CHECK(part != part_name("out/" + name));
  CHECK(is_part_of(fs::path(part).filename().string(), name));
  CHECK(fs::path(part_name("a.txt")).parent_path().empty());
  const Folder folder;
  write_whole_file(folder / name, "fits");
  CHECK(content_of(folder / name) == "fits");
}

TEST_CASE("the parts of a file are told from those of others") {
  CHECK(is_part_of("run.h5.part", "run.h5"));
  CHECK(is_part_of("run.h5.abcdefgh.part", "run.h5"));
  CHECK_FALSE(is_part_of("run.h5", "run.h5"));
  CHECK_FALSE(is_part_of("run-2.h5.part", "run.h5"));
  CHECK_FALSE(is_part_of("run.h5.abcdefg1.part", "run.h5"));  // 1 and 0 are no letters of ours
  CHECK_FALSE(is_part_of("run.h5.abc.part", "run.h5"));
  CHECK_FALSE(is_left_part(".abcdefgh.part"));
  const Folder folder;
  for (const char* name : {"a.h5", "a.h5.part", "a.h5.abcdefgh.part", "b.h5.abcdefgh.part"}) {
    put(folder / name, "");
  }
  remove_parts_of(folder / "a.h5");
  CHECK(folder.names() == std::vector<std::string>{"a.h5", "b.h5.abcdefgh.part"});
}

TEST_CASE("parts that dead writers left go, and those of living ones stay") {
  const Folder folder;
  for (const char* name : {"dead.abcdefgh.part", "alive.abcdefgh.part", "a.part", "notes.txt"}) {
    put(folder / name, "");
  }
  const int held = ::open((folder / "alive.abcdefgh.part").c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(::flock(held, LOCK_EX) == 0);
  remove_left_parts(folder.path());
  CHECK(folder.names() == std::vector<std::string>{"a.part", "alive.abcdefgh.part", "notes.txt"});
  ::close(held);
  remove_left_parts(folder.path());
  CHECK(folder.names() == std::vector<std::string>{"a.part", "notes.txt"});
}
