// The lists of fields beside the views: no list may lack a member.
#include "policy/view_fields.hpp"

#include <set>
#include <string>
#include <vector>

#include "policy/table.hpp"
#include "support/catch.hpp"

namespace idlewatt {

/// A view whose list was not changed when `added` was.
struct GrownView {
  int first = 0;
  PoolLoad load;
  std::vector<int> added;
};

/// The same view with a list of all members, one of them for C++ only.
struct WholeView {
  int first = 0;
  PoolLoad load;
  std::vector<int> added;
  double twice() const { return 2.0 * first; }
};

template <>
struct FieldsOf<GrownView> : ShownFields<&GrownView::first, &GrownView::load> {};
template <>
struct FieldsOf<WholeView> : ShownFields<&WholeView::first, &WholeView::load, &WholeView::twice>,
                             HiddenFields<&WholeView::added> {};

namespace {

TEST_CASE("a member that the list of a view lacks is noticed, and the build stops") {
  STATIC_REQUIRE_FALSE(lists_every_field<GrownView>);
  STATIC_REQUIRE(lists_every_field<WholeView>);
  STATIC_REQUIRE(lists_every_field<AutoscaleView>);
  STATIC_REQUIRE(view_fields::members<ServiceFigures>() == 6);
}

TEST_CASE("names of fields and of views are those of C++") {
  std::vector<std::string> names;
  FieldsOf<WholeView>::each([&]<auto Member>() { names.emplace_back(member_name<Member>()); });
  CHECK(names == std::vector<std::string>{"first", "load", "twice"});
  CHECK(type_name<AutoscaleView>() == "AutoscaleView");
  CHECK(member_name<&RequestView::prefix_blocks>() == "prefix_blocks");
}

TEST_CASE("every family that takes policies from outside says what they see") {
  std::set<std::string> families;
  for_each_outside_family([&]<class Family>(const Family&) {
    families.insert(Family::name);
    int views = 0;
    Family::Shows::each([&]<class View>() { ++views; });
    CHECK(views > 0);
  });
  CHECK(families.size() == std::variant_size_v<OutsideFamily>);
  for (const PolicyFamily& family : policy_families()) {
    INFO(family.name);
    CHECK(family.from_outside == families.contains(family.name));
  }
}

}  // namespace
}  // namespace idlewatt
