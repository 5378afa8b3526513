# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The Satchel Authors
# Language level, warnings and sanitizers: one interface target that every target of ours links, no global flags.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)

find_program(SATCHEL_CCACHE ccache)
if(SATCHEL_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${SATCHEL_CCACHE})
endif()

add_library(satchel_compiler INTERFACE)
# GCC 12 takes the empty side of std::optional and std::variant for uninitialized memory.
target_compile_options(satchel_compiler INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough -Wunused
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
    $<$<BOOL:${SATCHEL_WARNINGS_AS_ERRORS}>:-Werror>)
if(SATCHEL_SANITIZE)
    target_compile_options(satchel_compiler INTERFACE -fsanitize=${SATCHEL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(satchel_compiler INTERFACE -fsanitize=${SATCHEL_SANITIZE})
endif()
