# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The Satchel Authors
# One function per kind of target.

# A static module of the architecture: satchel_add_module(core SOURCES ... DEPENDS satchel_x ... PRIVATE_DEPENDS Lib::Lib ...)
# makes the target satchel_core, whose headers are included as "core/header.h".
function(satchel_add_module name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "QT" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS")
    add_library(satchel_${name} STATIC ${arg_SOURCES})
    target_link_libraries(satchel_${name} PUBLIC ${arg_DEPENDS} PRIVATE satchel_compiler ${arg_PRIVATE_DEPENDS})
    target_include_directories(satchel_${name} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/sdk>)
    if(arg_QT)
        satchel_use_qt(satchel_${name})
    endif()
endfunction()

# Qt the strict way: moc and rcc, no implicit casts, no keyword macros.
function(satchel_use_qt target)
    # moc 6.4 cannot read <concepts> of GCC 12; its include guard, defined for moc alone, keeps the header out.
    set_target_properties(${target} PROPERTIES AUTOMOC ON AUTORCC ON)
    set_property(TARGET ${target} APPEND PROPERTY AUTOMOC_MOC_OPTIONS "-D_GLIBCXX_CONCEPTS")
    target_compile_definitions(${target} PRIVATE QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_URL_CAST_FROM_STRING
        QT_NO_CAST_FROM_BYTEARRAY QT_NO_FOREACH QT_DISABLE_DEPRECATED_BEFORE=0x060400)
endfunction()

# A program: satchel_add_program(satchel-server SOURCES ... DEPENDS ... [QT])
function(satchel_add_program name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "QT" "" "SOURCES;DEPENDS")
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE satchel_compiler ${arg_DEPENDS})
    if(arg_QT)
        satchel_use_qt(${name})
    endif()
endfunction()

# A Qt Test program: satchel_add_test(tst_hlc SOURCES tst_hlc.cpp DEPENDS satchel_core [LABELS ...] [TIMEOUT seconds] [GUI] [SERIAL])
function(satchel_add_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "GUI;SERIAL" "TIMEOUT" "SOURCES;DEPENDS;LABELS")
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE satchel_compiler Qt6::Test ${arg_DEPENDS})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_compile_definitions(${name} PRIVATE SATCHEL_SOURCE_DIR="${PROJECT_SOURCE_DIR}" SATCHEL_SHARED_DIR="${SATCHEL_SHARED_DIR}")
    satchel_use_qt(${name})
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    add_test(NAME ${name} COMMAND ${name})
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 120)
    endif()
    set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}" ENVIRONMENT "QT_QPA_PLATFORM=offscreen;QT_FATAL_WARNINGS=1")
    if(arg_SERIAL)
        set_tests_properties(${name} PROPERTIES RUN_SERIAL ON)
    endif()
endfunction()

# A libFuzzer program: satchel_add_fuzzer(fuzz_frame SOURCES ... DEPENDS ... CORPUS dir). The test runs it for SATCHEL_FUZZ_SECONDS.
function(satchel_add_fuzzer name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "CORPUS" "SOURCES;DEPENDS")
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE satchel_compiler ${arg_DEPENDS})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    add_test(NAME ${name} COMMAND ${name} -max_total_time=${SATCHEL_FUZZ_SECONDS} -timeout=10 -rss_limit_mb=2048 -print_final_stats=1
        ${CMAKE_CURRENT_BINARY_DIR}/${name}_found ${arg_CORPUS})
    file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/${name}_found)
endfunction()

# A Google Benchmark program.
function(satchel_add_benchmark name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "QT" "" "SOURCES;DEPENDS")
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE satchel_compiler benchmark::benchmark ${arg_DEPENDS})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bench)
    if(arg_QT)
        satchel_use_qt(${name})
    endif()
endfunction()
