# The layering of sim/, and that its check would notice a violation.
add_test(NAME layering COMMAND bash ${CMAKE_CURRENT_LIST_DIR}/layering.sh ${PROJECT_SOURCE_DIR})
add_test(NAME layering-self-test
  COMMAND bash ${CMAKE_CURRENT_LIST_DIR}/layering_selftest.sh ${CMAKE_CURRENT_LIST_DIR}/layering.sh)
set_tests_properties(layering layering-self-test PROPERTIES LABELS layering)
