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
    INSTALL_DESTINATION ${satchel_package_dir} PATH_VARS CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/SatchelConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/SatchelConfig.cmake ${PROJECT_BINARY_DIR}/SatchelConfigVersion.cmake ${CMAKE_CURRENT_LIST_DIR}/SatchelSchema.cmake
    DESTINATION ${satchel_package_dir} COMPONENT sdk)

if(TARGET satchel_qml)
    # Where qmldir, types and documents lie beside the plugin in the build tree; an app adds <prefix>/lib/qml to its import path.
    set_target_properties(satchel_qml PROPERTIES INSTALL_RPATH "$ORIGIN/../..")
    install(TARGETS satchel_qml LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/qml/Satchel COMPONENT qml)
    install(DIRECTORY ${CMAKE_BINARY_DIR}/qml/Satchel/ DESTINATION ${CMAKE_INSTALL_LIBDIR}/qml/Satchel COMPONENT qml
        FILES_MATCHING PATTERN qmldir PATTERN "*.qmltypes" PATTERN "*.qml")
endif()

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
