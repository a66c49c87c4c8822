#include "results/read_file.hpp"

#include "results/format.hpp"

namespace idlewatt::hdf5 {

std::string text_attribute(hid_t node, const char* name) {
  const Handle attribute(H5Aopen(node, name, H5P_DEFAULT), H5Aclose, name);
  const Handle type(H5Aget_type(attribute.get()), H5Tclose, name);
  if (check(H5Tis_variable_str(type.get()), name) == 0) {
    throw OutputError(std::string("attribute ") + name + " is not a text");
  }
  char* text = nullptr;
  check(H5Aread(attribute.get(), text_type().get(), &text), name);
  std::string result = text == nullptr ? "" : text;
  H5free_memory(text);
  return result;
}

std::vector<std::string> taken(const std::vector<char*>& texts) {
  std::vector<std::string> result;
  for (char* text : texts) {
    result.emplace_back(text == nullptr ? "" : text);
    H5free_memory(text);
  }
  return result;
}

std::vector<std::string> text_list_attribute(hid_t node, const char* name) {
  const Handle attribute(H5Aopen(node, name, H5P_DEFAULT), H5Aclose, name);
  const Handle type(H5Aget_type(attribute.get()), H5Tclose, name);
  if (check(H5Tis_variable_str(type.get()), name) == 0) {
    throw OutputError(std::string("attribute ") + name + " is not a list of texts");
  }
  const Handle space(H5Aget_space(attribute.get()), H5Sclose, name);
  std::vector<char*> texts(static_cast<std::size_t>(check(H5Sget_simple_extent_npoints(space.get()), name)));
  if (texts.empty()) {
    return {};
  }
  check(H5Aread(attribute.get(), text_type().get(), texts.data()), name);
  return taken(texts);
}

void check_version(hid_t file) {
  const auto version = number_attribute<std::int32_t>(file, "format_version");
  if (version > kFormatVersion) {
    throw OutputError("its format version " + std::to_string(version) + " is newer than " +
                      std::to_string(kFormatVersion) + ", the newest that this idlewatt knows");
  }
}

}  // namespace idlewatt::hdf5
