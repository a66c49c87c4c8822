// The fields of views: one list for each view, beside the view. Policies in Python see a view by its list.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

namespace idlewatt {

/// The fields of a view that policies in Python see too: members, and functions without parameters.
template <auto... Members>
struct ShownFields {
  static constexpr std::size_t count = sizeof...(Members);  ///< number of fields
  static constexpr std::size_t stored =                     ///< number of fields that are members
      (std::size_t{0} + ... + (std::is_member_object_pointer_v<decltype(Members)> ? 1 : 0));
  /// Calls visit.operator()<Member>() for each field, in order.
  template <class Visit>
  static constexpr void each(Visit&& visit) {
    (visit.template operator()<Members>(), ...);
  }
};

/// The members of a view that only policies in C++ see.
template <auto... Members>
struct HiddenFields {
  static constexpr std::size_t hidden = sizeof...(Members);  ///< number of members
};

/// The fields of `View`: ShownFields, and HiddenFields where there are any. Each view specialises the template.
template <class View>
struct FieldsOf;

namespace view_fields {

/// Converts to any type, to count the members of a struct.
struct Anything {
  template <class Type>
  operator Type() const;  // NOLINT(google-explicit-constructor): braces convert without being asked
};

template <class View, std::size_t... Index>
consteval bool takes(std::index_sequence<Index...> /*unused*/) {
  return requires {
    View{(static_cast<void>(Index), Anything())...};
  };
}

/// The number of members of a struct without constructors: the most values that braces take.
template <class View, std::size_t Count = 64>
consteval std::size_t members() {
  if constexpr (Count == 0) {
    return 0;
  } else if constexpr (takes<View>(std::make_index_sequence<Count>())) {
    return Count;
  } else {
    return members<View, Count - 1>();
  }
}

template <class View>
consteval std::size_t hidden() {
  if constexpr (requires { FieldsOf<View>::hidden; }) {
    return FieldsOf<View>::hidden;
  } else {
    return 0;
  }
}

template <auto Member>
consteval std::string_view text_of_member() {
  return __PRETTY_FUNCTION__;
}

template <class Type>
consteval std::string_view text_of_type() {
  return __PRETTY_FUNCTION__;
}

/// The last name in the text of the compiler, "... = &View::now; ..." or "... = idlewatt::View]".
consteval std::string_view last_name(std::string_view text) {
  const std::size_t begin = text.find(" = ") + 3;
  const std::string_view value = text.substr(begin, text.find_first_of(";]", begin) - begin);
  return value.substr(value.find_last_of(":&( ") + 1);
}

}  // namespace view_fields

/// True when the list of a view has every member of the view. A class with private members has no list to compare with,
/// and counts as complete.
template <class View>
inline constexpr bool lists_every_field = [] {
  if constexpr (std::is_aggregate_v<View>) {
    return view_fields::members<View>() == FieldsOf<View>::stored + view_fields::hidden<View>();
  } else {
    return true;
  }
}();

/// The name of a member: "mean_outstanding" for &AutoscaleView::mean_outstanding.
template <auto Member>
consteval std::string_view member_name() {
  return view_fields::last_name(view_fields::text_of_member<Member>());
}

/// The name of a type without its namespace: "AutoscaleView".
template <class Type>
consteval std::string_view type_name() {
  return view_fields::last_name(view_fields::text_of_type<Type>());
}

/// The types that policies of a family see: views and their parts. Does not compile when the list of one lacks a
/// member.
template <class... Views>
struct ShownViews {
  static_assert((lists_every_field<Views> && ...), "a FieldsOf<View> lacks a member of its view");
  /// Calls visit.operator()<View>() for each view.
  template <class Visit>
  static constexpr void each(Visit&& visit) {
    (visit.template operator()<Views>(), ...);
  }
};

}  // namespace idlewatt
