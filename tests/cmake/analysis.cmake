# Result files as their readers see them: writes samples with the recorder, opens them with xarray, pandas and h5py.
add_executable(make_sample ${CMAKE_CURRENT_SOURCE_DIR}/analysis/make_sample.cpp)
target_include_directories(make_sample PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(make_sample PRIVATE idlewatt_record idlewatt_options)

# The interpreter is looked for when the test runs: packages may come after the configuration.
add_test(NAME analysis
  COMMAND bash ${CMAKE_CURRENT_LIST_DIR}/analysis.sh ${CMAKE_CURRENT_SOURCE_DIR}/analysis "${Python3_EXECUTABLE}")
set_tests_properties(analysis PROPERTIES LABELS analysis SKIP_RETURN_CODE 4
  ENVIRONMENT "IDLEWATT_MAKE_SAMPLE=$<TARGET_FILE:make_sample>")
