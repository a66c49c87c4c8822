# Result files as their readers see them: writes samples with the recorder, opens them with xarray, pandas and h5py.
add_executable(make_sample ${CMAKE_CURRENT_SOURCE_DIR}/analysis/make_sample.cpp)
target_include_directories(make_sample PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(make_sample PRIVATE idlewatt_results idlewatt_options)

# The interpreter is looked for when the test runs: packages may come after the configuration.
# Every file: none can be forgotten in a list.
file(GLOB analysis_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/analysis/test_*.py)
foreach(file ${analysis_tests})
  string(REGEX REPLACE ".*/test_(.*)\\.py" "\\1" topic ${file})
  add_test(NAME analysis-${topic} COMMAND bash ${CMAKE_CURRENT_LIST_DIR}/analysis.sh
    ${CMAKE_CURRENT_SOURCE_DIR}/analysis/test_${topic}.py "${Python3_EXECUTABLE}")
  set_tests_properties(analysis-${topic} PROPERTIES LABELS analysis SKIP_RETURN_CODE 4 TIMEOUT 3600 COST 300
    ENVIRONMENT "PYTHONUTF8=1;IDLEWATT_MAKE_SAMPLE=$<TARGET_FILE:make_sample>;IDLEWATT_BINARY=$<TARGET_FILE:idlewatt>")
endforeach()
