#include "results/read_file.hpp"

#include <cstring>
#include <fmt/core.h>

namespace idlewatt::hdf5 {
namespace {

// What deflate can reach. The margin is for values that stand in the header of their dataset.
constexpr hsize_t kMostPacked = 1032;
constexpr hsize_t kMargin = 64 * 1024;
constexpr std::size_t kLongestText = std::size_t{64} << 20;

bool is_attribute(hid_t node) {
  return H5Iget_type(node) == H5I_ATTR;
}

Handle type_of(hid_t node, const char* name) {
  return {is_attribute(node) ? H5Aget_type(node) : H5Dget_type(node), H5Tclose, name};
}

Handle space_of(hid_t node, const char* name) {
  return {is_attribute(node) ? H5Aget_space(node) : H5Dget_space(node), H5Sclose, name};
}

hsize_t stored_bytes(hid_t node) {
  return is_attribute(node) ? H5Aget_storage_size(node) : H5Dget_storage_size(node);
}

[[noreturn]] void refuse(const char* name, const std::string& problem) {
  throw OutputError(fmt::format("`{}` {}", name, problem));
}

const char* word(H5T_class_t wanted) {
  switch (wanted) {
    case H5T_INTEGER:
      return "whole numbers";
    case H5T_FLOAT:
      return "numbers";
    case H5T_STRING:
      return "texts";
    case H5T_COMPOUND:
      return "rows of a table";
    default:
      return "what it should be";
  }
}

/// The length of a text of fixed length.
std::size_t text_length(hid_t type, const char* name) {
  if (check(H5Tis_variable_str(type), name) != 0) {
    refuse(name, "is a text of variable length; expected one of fixed length");
  }
  const std::size_t length = H5Tget_size(type);
  if (length == 0 || length > kLongestText) {
    refuse(name, "has a text of a length that none has");
  }
  return length;
}

std::string unpadded(const char* text, std::size_t length) {
  return {text, strnlen(text, length)};
}

std::vector<std::string> fixed_texts(hid_t node, hid_t type, std::size_t count, const char* name) {
  const std::size_t length = text_length(type, name);
  std::string characters(length * count, '\0');
  if (count > 0) {
    check(is_attribute(node) ? H5Aread(node, type, characters.data())
                             : H5Dread(node, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, characters.data()),
          name);
  }
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < count; ++i) {
    texts.push_back(unpadded(characters.data() + i * length, length));
  }
  return texts;
}

std::vector<std::string> variable_texts(hid_t dataset, std::size_t count, const char* name) {
  std::vector<char*> pointers(count, nullptr);
  if (count > 0) {
    check(H5Dread(dataset, text_type().get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data()), name);
  }
  std::vector<std::string> texts;
  for (char* text : pointers) {
    texts.emplace_back(text == nullptr ? "" : text);
    H5free_memory(text);
  }
  return texts;
}

}  // namespace

std::size_t checked_size(hid_t node, H5T_class_t wanted, int rank, const char* name) {
  const Handle type = type_of(node, name);
  if (H5Tget_class(type.get()) != wanted) {
    refuse(name, std::string("does not hold ") + word(wanted));
  }
  const Handle space = space_of(node, name);
  const int found = check(H5Sget_simple_extent_ndims(space.get()), name);
  if (rank >= 0 && found != rank) {
    refuse(name, fmt::format("has {} dimensions; expected {}", found, rank));
  }
  const auto count = static_cast<hsize_t>(check(H5Sget_simple_extent_npoints(space.get()), name));
  const std::size_t each = H5Tget_size(type.get());
  if (each == 0 || count > (stored_bytes(node) * kMostPacked + kMargin) / each) {
    refuse(name, fmt::format("claims to hold {} values, more than the file has room for", count));
  }
  return static_cast<std::size_t>(count);
}

void check_one(hid_t node, H5T_class_t wanted, const char* name) {
  if (const std::size_t count = checked_size(node, wanted, -1, name); count != 1) {
    refuse(name, fmt::format("holds {} values; expected one", count));
  }
}

std::string text_attribute(hid_t node, const char* name) {
  const Handle attribute(H5Aopen(node, name, H5P_DEFAULT), H5Aclose, name);
  check_one(attribute.get(), H5T_STRING, name);
  return fixed_texts(attribute.get(), type_of(attribute.get(), name).get(), 1, name).front();
}

std::vector<std::string> text_list_attribute(hid_t node, const char* name) {
  const Handle attribute(H5Aopen(node, name, H5P_DEFAULT), H5Aclose, name);
  const std::size_t count = checked_size(attribute.get(), H5T_STRING, 1, name);
  return fixed_texts(attribute.get(), type_of(attribute.get(), name).get(), count, name);
}

std::string text_dataset(hid_t parent, const char* name) {
  const Handle data(H5Dopen2(parent, name, H5P_DEFAULT), H5Dclose, name);
  check_one(data.get(), H5T_STRING, name);
  return fixed_texts(data.get(), type_of(data.get(), name).get(), 1, name).front();
}

std::vector<std::string> text_list_dataset(hid_t parent, const char* name) {
  const Handle data(H5Dopen2(parent, name, H5P_DEFAULT), H5Dclose, name);
  const std::size_t count = checked_size(data.get(), H5T_STRING, 1, name);
  const Handle type = type_of(data.get(), name);
  return check(H5Tis_variable_str(type.get()), name) > 0 ? variable_texts(data.get(), count, name)
                                                         : fixed_texts(data.get(), type.get(), count, name);
}

NumberArray numbers(hid_t parent, const char* name) {
  const Handle data(H5Dopen2(parent, name, H5P_DEFAULT), H5Dclose, name);
  const bool whole = H5Tget_class(type_of(data.get(), name).get()) == H5T_INTEGER;
  NumberArray result;
  result.values.resize(checked_size(data.get(), whole ? H5T_INTEGER : H5T_FLOAT, -1, name));
  const Handle space = space_of(data.get(), name);
  std::vector<hsize_t> size(static_cast<std::size_t>(check(H5Sget_simple_extent_ndims(space.get()), name)));
  check(H5Sget_simple_extent_dims(space.get(), size.data(), nullptr), name);
  result.shape.assign(size.begin(), size.end());
  if (!result.values.empty()) {
    check(H5Dread(data.get(), native<double>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, result.values.data()), name);
  }
  return result;
}

Handle row_type_of(hid_t table, const std::vector<Column>& columns, std::size_t row_bytes, const char* name) {
  const Handle stored = type_of(table, name);
  if (H5Tget_class(stored.get()) != H5T_COMPOUND) {
    refuse(name, "is no table");
  }
  Handle type(H5Tcreate(H5T_COMPOUND, row_bytes), H5Tclose, "H5Tcreate");
  for (const Column& column : columns) {
    const int member = H5Tget_member_index(stored.get(), column.name.c_str());
    if (member < 0) {
      H5Eclear2(H5E_DEFAULT);
      refuse(name, fmt::format("has no column `{}`", column.name));
    }
    const Handle member_type(H5Tget_member_type(stored.get(), static_cast<unsigned>(member)), H5Tclose, name);
    const H5T_class_t wanted = H5Tget_class(column.type);
    if (H5Tget_class(member_type.get()) != wanted) {
      refuse(name, fmt::format("has a column `{}` that does not hold {}", column.name, word(wanted)));
    }
    if (wanted == H5T_STRING) {
      text_length(member_type.get(), name);
    }
    check(H5Tinsert(type.get(), column.name.c_str(), column.offset, column.type), "H5Tinsert");
  }
  return type;
}

}  // namespace idlewatt::hdf5
