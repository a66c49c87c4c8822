# How CMake finds each library of layers.txt: sets found_libraries, link_<library>, include_<library> (where the compiler
# does not find its headers without help), and find_<library>, the code that an installed package runs as well (empty
# where files are linked).
set(found_libraries)

# idlewatt_library(NAME CODE TARGET): CODE makes TARGET.
macro(idlewatt_library name code link)
  cmake_language(EVAL CODE "${code}")
  list(APPEND found_libraries ${name})
  set(find_${name} "${code}")
  set(link_${name} ${link})
  set(include_${name})
endmacro()

find_package(PkgConfig REQUIRED)
idlewatt_library(fmt "find_package(fmt 9 REQUIRED)" fmt::fmt)
idlewatt_library(zlib "find_package(ZLIB REQUIRED)" ZLIB::ZLIB)
idlewatt_library(yaml-cpp "pkg_check_modules(yaml_cpp REQUIRED IMPORTED_TARGET yaml-cpp)" PkgConfig::yaml_cpp)
idlewatt_library(muParser "pkg_check_modules(muparser REQUIRED IMPORTED_TARGET muparser)" PkgConfig::muparser)
include(${CMAKE_CURRENT_LIST_DIR}/python.cmake)  # pybind11

# Rooms that are built on these alone, and rooms above them, need no simulator and no file of HDF5.
set(pure_libraries ${found_libraries})

if(NOT IDLEWATT_PURE_ONLY)
  idlewatt_library(SimGrid "pkg_check_modules(simgrid REQUIRED IMPORTED_TARGET simgrid)" PkgConfig::simgrid)
  find_package(HDF5 REQUIRED COMPONENTS C HL)
  list(APPEND found_libraries HDF5)
  set(link_HDF5 ${HDF5_C_LIBRARIES} ${HDF5_C_HL_LIBRARIES})
  set(include_HDF5 ${HDF5_INCLUDE_DIRS})
  idlewatt_library(boost-math "find_package(Boost 1.74 REQUIRED)" Boost::headers)
  idlewatt_library(program_options "find_package(Boost 1.74 REQUIRED COMPONENTS program_options)" Boost::program_options)
  idlewatt_library(nlohmann-json "find_package(nlohmann_json 3 REQUIRED)" nlohmann_json::nlohmann_json)
endif()
