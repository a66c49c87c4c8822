# The rules of the house, and that their checks would notice a violation.
foreach(rule layering class_sizes)
  add_test(NAME ${rule} COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/house/${rule}.py ${PROJECT_SOURCE_DIR})
  add_test(NAME ${rule}-self-test COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/house/test_${rule}.py)
  set_tests_properties(${rule} ${rule}-self-test PROPERTIES LABELS house)
endforeach()
