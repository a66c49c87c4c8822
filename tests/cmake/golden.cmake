# Small scenarios with their exact answers: whatever changes a result has to say so.
if(TARGET idlewatt)
  file(GLOB scenarios CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/golden/*.yaml)
  foreach(scenario ${scenarios})
    cmake_path(GET scenario STEM name)
    add_test(NAME golden-${name}
      COMMAND bash ${PROJECT_SOURCE_DIR}/tests/golden/compare.sh $<TARGET_FILE:idlewatt> ${scenario})
    set_tests_properties(golden-${name} PROPERTIES LABELS golden)
  endforeach()
endif()
