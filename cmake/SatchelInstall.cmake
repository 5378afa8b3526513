# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The Satchel Authors
# What is installed, in components: sdk (library, headers, CMake package), cli, server, console.

include(CMakePackageConfigHelpers)

set(satchel_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Satchel)
install(TARGETS satchel-schema EXPORT SatchelTargets RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT sdk)
install(TARGETS Satchel EXPORT SatchelTargets
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT sdk
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT sdk
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT sdk
    PUBLIC_HEADER DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/Satchel COMPONENT sdk)
install(EXPORT SatchelTargets NAMESPACE Satchel:: DESTINATION ${satchel_package_dir} COMPONENT sdk)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/SatchelConfig.cmake.in ${PROJECT_BINARY_DIR}/SatchelConfig.cmake
    INSTALL_DESTINATION ${satchel_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/SatchelConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/SatchelConfig.cmake ${PROJECT_BINARY_DIR}/SatchelConfigVersion.cmake ${CMAKE_CURRENT_LIST_DIR}/SatchelSchema.cmake
    DESTINATION ${satchel_package_dir} COMPONENT sdk)

# Programs are installed as far as they are built.
foreach(program satchel satchel-server satchel-console)
    if(TARGET ${program})
        string(REPLACE "satchel-" "" component ${program})
        string(REPLACE "satchel" "cli" component ${component})
        set_target_properties(${program} PROPERTIES INSTALL_RPATH "$ORIGIN/../${CMAKE_INSTALL_LIBDIR}")
        install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ${component})
    endif()
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/installers/systemd/satchel-server.service DESTINATION lib/systemd/system COMPONENT server)
