# The sources are as clang-format writes them.
add_test(NAME format COMMAND bash ${CMAKE_CURRENT_LIST_DIR}/format.sh ${PROJECT_SOURCE_DIR})
set_tests_properties(format PROPERTIES LABELS format SKIP_RETURN_CODE 4)
