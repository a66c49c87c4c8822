# The library pybind11 of the room `python`: policies in Python, where the system's Python has its development files and
# pybind11 is there; otherwise absent.cpp, which says that they are not.
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

list(APPEND found_libraries pybind11)  # the room does without it as well
set(link_pybind11)
set(include_pybind11)
if(IDLEWATT_HAS_PYTHON)
  message(STATUS "Policies in Python: ${Python_VERSION} (${Python_EXECUTABLE})")
  set(link_pybind11 ${Python_LIBRARIES})
  set(include_pybind11 ${pybind11_INCLUDE_DIRS} ${Python_INCLUDE_DIRS})
else()
  message(STATUS "Policies in Python: none (they want Python 3.11 to 3.13 with its development files, and pybind11)")
endif()

# idlewatt_python_room(): what is particular to the room's library.
function(idlewatt_python_room)
  get_target_property(sources idlewatt_python SOURCES)
  if(IDLEWATT_HAS_PYTHON)
    list(FILTER sources EXCLUDE REGEX "/absent\\.cpp$")
    # pybind11 hides its own names; types that hold them must be hidden as well.
    set_target_properties(idlewatt_python PROPERTIES CXX_VISIBILITY_PRESET hidden)
    set_source_files_properties(python/session.cpp PROPERTIES
      COMPILE_DEFINITIONS IDLEWATT_POLICY_PYTHON="${Python_EXECUTABLE}")
  else()
    list(FILTER sources INCLUDE REGEX "/absent\\.cpp$")
  endif()
  set_target_properties(idlewatt_python PROPERTIES SOURCES "${sources}")
endfunction()
