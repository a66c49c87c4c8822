# A plug-in built out of tree against an installed copy, as its author would.
if(TARGET idlewatt AND IDLEWATT_PYTEST)
  add_test(NAME plugin
    COMMAND ${IDLEWATT_PYTEST} -B -m pytest -q -p no:cacheprovider ${PROJECT_SOURCE_DIR}/tests/plugin/test_plugin.py)
  set_tests_properties(plugin PROPERTIES LABELS plugin TIMEOUT 3600 COST 200 ENVIRONMENT "PYTHONUTF8=1;IDLEWATT_BUILD=${PROJECT_BINARY_DIR}")
endif()
if(TARGET idlewatt AND IDLEWATT_PYTEST)
  add_test(NAME plugin-python
    COMMAND ${IDLEWATT_PYTEST} -B -m pytest -q -p no:cacheprovider ${PROJECT_SOURCE_DIR}/tests/plugin/test_python.py)
  set_tests_properties(plugin-python PROPERTIES LABELS plugin TIMEOUT 3600 COST 200
    ENVIRONMENT "PYTHONUTF8=1;IDLEWATT_BINARY=$<TARGET_FILE:idlewatt>")
endif()
