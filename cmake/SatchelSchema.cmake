# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The Satchel Authors
# satchel_add_schema(target file.proto [NAMESPACE a::b]): structs of a proto file for typed state; see docs/typed.md. Gives the target the
# header <file.satchel.h>. Needs protoc while building, and nothing of it afterwards.

function(satchel_add_schema target file)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "NAMESPACE" "")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "satchel_add_schema: what is ${arg_UNPARSED_ARGUMENTS}? It takes a target, a proto file and NAMESPACE")
    endif()
    find_program(SATCHEL_PROTOC protoc DOC "Compiler of Protocol Buffers, for satchel_add_schema()")
    if(NOT SATCHEL_PROTOC)
        message(FATAL_ERROR "satchel_add_schema needs protoc: install it (Debian: protobuf-compiler), or set SATCHEL_PROTOC")
    endif()
    cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE source)
    cmake_path(GET source PARENT_PATH folder)
    cmake_path(GET source FILENAME name)
    cmake_path(GET source STEM LAST_ONLY stem)
    set(made ${CMAKE_CURRENT_BINARY_DIR}/${target}_schema)
    file(MAKE_DIRECTORY ${made})
    add_custom_command(OUTPUT ${made}/${stem}.satchel.h
        COMMAND ${SATCHEL_PROTOC} --proto_path=${folder} --include_imports --include_source_info --descriptor_set_out=${made}/${stem}.pb ${name}
        COMMAND Satchel::satchel-schema ${made}/${stem}.pb ${name} ${made}/${stem}.satchel.h ${arg_NAMESPACE}
        DEPENDS ${source} Satchel::satchel-schema VERBATIM)
    # Not left to AUTOMOC, which a target may not have, and which would read all that the header includes.
    add_custom_command(OUTPUT ${made}/moc_${stem}.cpp
        COMMAND Qt6::moc ${made}/${stem}.satchel.h -f ${stem}.satchel.h -o ${made}/moc_${stem}.cpp
        DEPENDS ${made}/${stem}.satchel.h VERBATIM)
    set_source_files_properties(${made}/${stem}.satchel.h ${made}/moc_${stem}.cpp PROPERTIES SKIP_AUTOMOC ON)
    target_sources(${target} PRIVATE ${made}/${stem}.satchel.h ${made}/moc_${stem}.cpp)
    target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${made}>)
endfunction()
