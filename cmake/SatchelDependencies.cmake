# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The Satchel Authors
# Everything that is found on the system, once.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(tl-expected REQUIRED)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)

set(SATCHEL_SHARED_DIR "${PROJECT_SOURCE_DIR}/../shared" CACHE PATH "Folder with real input and test vectors; tests that use it skip where it is absent")
set(SATCHEL_FUZZ_SECONDS 30 CACHE STRING "How long a fuzzer runs as a test")

if(NOT SATCHEL_FUZZ)
    find_package(Qt6 6.4 REQUIRED COMPONENTS Core DBus Network WebSockets)
    find_package(Qt6Keychain REQUIRED)
    if(SATCHEL_BUILD_TESTS)
        find_package(Qt6 6.4 REQUIRED COMPONENTS Test)
        find_package(rapidcheck REQUIRED)
    endif()
    if(SATCHEL_BUILD_QML)
        find_package(Qt6 6.4 REQUIRED COMPONENTS Qml)
    endif()
    if(SATCHEL_BUILD_CONSOLE)
        find_package(Qt6 6.4 REQUIRED COMPONENTS Widgets Svg)
    endif()
    find_package(Boost 1.81 REQUIRED)
    # SQLCipher's pkg-config file states the SQLite it is made from: 4.5 is 3.36, while SQLCipher 3.4 is 3.15.
    pkg_check_modules(sqlcipher REQUIRED IMPORTED_TARGET sqlcipher>=3.36)
    if(SATCHEL_BUILD_BENCH)
        find_package(benchmark REQUIRED)
    endif()
endif()
