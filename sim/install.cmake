# What `cmake --install` puts in place, and the package that find_package(idlewatt) finds.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/idlewatt)

# For plug-ins: headers alone, for the program has the rest.
add_library(idlewatt_plugin INTERFACE)
target_include_directories(idlewatt_plugin INTERFACE
  $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/idlewatt>)
target_compile_features(idlewatt_plugin INTERFACE cxx_std_20)
set_target_properties(idlewatt_plugin PROPERTIES EXPORT_NAME plugin)
set_target_properties(idlewatt PROPERTIES EXPORT_NAME program)
install(TARGETS idlewatt_plugin idlewatt EXPORT idlewattTargets)

# For other programs that simulate: all rooms but the program's own, and how a package finds their libraries.
set(installed_rooms ${built_rooms})
list(REMOVE_ITEM installed_rooms ${program_room})
set(room_targets)
set(find_libraries)
foreach(room IN LISTS installed_rooms)
  set_target_properties(idlewatt_${room} PROPERTIES EXPORT_NAME ${room})
  list(APPEND room_targets idlewatt_${room})
  foreach(library IN LISTS libraries_${room})
    if(find_${library})
      string(APPEND find_libraries "  ${find_${library}}\n")
    endif()
  endforeach()
endforeach()
install(TARGETS ${room_targets} idlewatt_options EXPORT idlewattLibraries)

install(EXPORT idlewattTargets NAMESPACE idlewatt:: DESTINATION ${package_dir})
install(EXPORT idlewattLibraries NAMESPACE idlewatt:: DESTINATION ${package_dir})
configure_package_config_file(idlewatt-config.cmake.in ${PROJECT_BINARY_DIR}/idlewatt-config.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/idlewatt-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/idlewatt-config.cmake ${PROJECT_BINARY_DIR}/idlewatt-config-version.cmake
  DESTINATION ${package_dir})

install(DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/idlewatt
  FILES_MATCHING PATTERN "*.hpp" PATTERN ${program_room} EXCLUDE)
# What the program looks for beside itself.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/platforms ${PROJECT_SOURCE_DIR}/workloads ${PROJECT_SOURCE_DIR}/scenarios
  ${PROJECT_SOURCE_DIR}/analysis DESTINATION ${CMAKE_INSTALL_DATADIR}/idlewatt
  PATTERN __pycache__ EXCLUDE PATTERN out EXCLUDE)

# What shells and `man` look for: made by the program itself.
set(made_files)
foreach(file IN ITEMS "completion bash:${CMAKE_INSTALL_DATADIR}/bash-completion/completions:idlewatt"
    "completion zsh:${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions:_idlewatt"
    "completion fish:${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d:idlewatt.fish"
    "man:${CMAKE_INSTALL_MANDIR}/man1:idlewatt.1")
  string(REPLACE ":" ";" parts ${file})
  list(GET parts 0 command)
  list(GET parts 1 folder)
  list(GET parts 2 name)
  separate_arguments(command)
  set(made ${PROJECT_BINARY_DIR}/made/${folder}/${name})
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/made/${folder})
  add_custom_command(OUTPUT ${made} COMMAND idlewatt ${command} > ${made} DEPENDS idlewatt VERBATIM)
  list(APPEND made_files ${made})
  install(FILES ${made} DESTINATION ${folder})
endforeach()
add_custom_target(idlewatt_made_files ALL DEPENDS ${made_files})

# `cpack --config build/release/CPackConfig.cmake` makes a package for Debian.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME idlewatt)
set(CPACK_PACKAGE_CONTACT "the idlewatt maintainers <maintainers@idlewatt.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "what serving a language model costs in joules, dollars, grams and milliseconds")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# For `idlewatt report`, which says so itself where they are missing.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "python3-h5netcdf, python3-h5py, python3-matplotlib, python3-pandas, python3-xarray")
include(CPack)
