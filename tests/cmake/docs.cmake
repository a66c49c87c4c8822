# Every command that the pages print, in a quick form.
if(TARGET idlewatt)
  add_test(NAME docs COMMAND bash ${CMAKE_CURRENT_LIST_DIR}/analysis.sh
    ${CMAKE_CURRENT_SOURCE_DIR}/docs "${Python3_EXECUTABLE}")
  set_tests_properties(docs PROPERTIES LABELS docs SKIP_RETURN_CODE 4 TIMEOUT 3600 COST 300
    ENVIRONMENT "PYTHONUTF8=1;IDLEWATT_BINARY=$<TARGET_FILE:idlewatt>;IDLEWATT_DATA=$ENV{IDLEWATT_DATA}")
endif()
