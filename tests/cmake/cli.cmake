# Black-box tests of the program: pytest with nothing but the standard library. Debian's pytest belongs to Debian's
# Python, which need not be the first one in PATH.
set(IDLEWATT_PYTEST "" CACHE FILEPATH "A Python that has pytest")
if(NOT IDLEWATT_PYTEST)
  foreach(python IN ITEMS ${Python3_EXECUTABLE} /usr/bin/python3)
    execute_process(COMMAND ${python} -c "import pytest" RESULT_VARIABLE no_pytest OUTPUT_QUIET ERROR_QUIET)
    if(NOT no_pytest)
      set(IDLEWATT_PYTEST ${python} CACHE FILEPATH "A Python that has pytest" FORCE)
      break()
    endif()
  endforeach()
endif()

if(TARGET idlewatt AND IDLEWATT_PYTEST)
  # Every file: none can be forgotten in a list.
  file(GLOB cli_tests CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/cli/test_*.py)
  foreach(file ${cli_tests})
    string(REGEX REPLACE ".*/test_(.*)\\.py" "\\1" topic ${file})
    add_test(NAME cli-${topic}
      COMMAND ${IDLEWATT_PYTEST} -B -m pytest -q -p no:cacheprovider ${PROJECT_SOURCE_DIR}/tests/cli/test_${topic}.py)
    set_tests_properties(cli-${topic} PROPERTIES LABELS cli TIMEOUT 3600 COST 100
      ENVIRONMENT "PYTHONUTF8=1;IDLEWATT_BINARY=$<TARGET_FILE:idlewatt>")
  endforeach()
elseif(NOT IDLEWATT_PYTEST)
  message(WARNING "No Python with pytest: the tests of the command line are left out")
endif()
