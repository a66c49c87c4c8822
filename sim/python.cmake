# The layer `python`: policies in Python, where the system's Python has its development files and pybind11 is there;
# otherwise absent.cpp, which says that they are not.
option(IDLEWATT_PYTHON_POLICIES "Policies in Python, where it can be embedded" ON)

set(IDLEWATT_HAS_PYTHON FALSE)
if(IDLEWATT_PYTHON_POLICIES)
  # The system's, which has the distribution's packages and a shared library; another one in the path has not.
  # Not 3.14: it measures the stack of the thread, and actors of SimGrid have stacks of their own.
  if(NOT Python_EXECUTABLE AND EXISTS /usr/bin/python3)
    set(Python_EXECUTABLE /usr/bin/python3)
  endif()
  find_package(Python 3.11...<3.14 COMPONENTS Interpreter Development.Embed)
  set(PYBIND11_NOPYTHON ON)
  find_package(pybind11 2.10.3 CONFIG QUIET)
  if(Python_Development.Embed_FOUND AND pybind11_FOUND)
    set(IDLEWATT_HAS_PYTHON TRUE)
  endif()
endif()

if(IDLEWATT_HAS_PYTHON)
  message(STATUS "Policies in Python: ${Python_VERSION} (${Python_EXECUTABLE})")
  file(GLOB python_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/python/*.cpp)
  list(REMOVE_ITEM python_sources ${CMAKE_CURRENT_SOURCE_DIR}/python/absent.cpp)
else()
  message(STATUS "Policies in Python: none (they want Python 3.11 to 3.13 with its development files, and pybind11)")
  set(python_sources python/absent.cpp)
endif()

add_library(idlewatt_python STATIC ${python_sources})
target_link_libraries(idlewatt_python PUBLIC idlewatt_policy PRIVATE idlewatt_options)
target_include_directories(idlewatt_python PUBLIC
  $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}> $<INSTALL_INTERFACE:include/idlewatt>)
if(IDLEWATT_HAS_PYTHON)
  # pybind11 hides its own names; types that hold them must be hidden as well.
  set_target_properties(idlewatt_python PROPERTIES CXX_VISIBILITY_PRESET hidden)
  target_include_directories(idlewatt_python SYSTEM PRIVATE ${pybind11_INCLUDE_DIRS} ${Python_INCLUDE_DIRS})
  target_link_libraries(idlewatt_python PRIVATE ${Python_LIBRARIES})
  set_source_files_properties(python/session.cpp PROPERTIES
    COMPILE_DEFINITIONS IDLEWATT_POLICY_PYTHON="${Python_EXECUTABLE}")
endif()
