# idlewatt_bench measures; tests/bench/README.md says how to run it. As a test it only shows that it works: how fast a
# machine is, is no property of the code.
if(TARGET idlewatt)
  file(GLOB bench_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/bench/*.cpp)
  add_executable(idlewatt_bench ${bench_sources})
  target_include_directories(idlewatt_bench PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_compile_definitions(idlewatt_bench PRIVATE
    IDLEWATT_SOURCE_DIR="${PROJECT_SOURCE_DIR}" IDLEWATT_PROGRAM="$<TARGET_FILE:idlewatt>")
  target_link_libraries(idlewatt_bench PRIVATE idlewatt_sweep idlewatt_options)
  add_dependencies(idlewatt_bench idlewatt)
  add_test(NAME "bench: works" COMMAND idlewatt_bench --quick)
  set_tests_properties("bench: works" PROPERTIES LABELS bench)
endif()
