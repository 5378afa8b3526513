# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The Satchel Authors
# Compiles SOURCE for CASE and holds what the compiler says against what it must say, in words that GCC and Clang share.

set(wrong_field "no member named '?titel|'titel' is not a member")
set(wrong_type "ExactlyConvertible")
set(narrowing "ExactlyConvertible")
set(another_struct "FieldOf")

execute_process(COMMAND ${COMPILER} ${FLAGS} -DCASE_${CASE} ${SOURCE} RESULT_VARIABLE status ERROR_VARIABLE said)
string(REGEX REPLACE "‘|’" "'" said "${said}")
if(CASE STREQUAL "right_field")
    if(NOT status EQUAL 0)
        message(FATAL_ERROR "the right field does not compile:\n${said}")
    endif()
elseif(status EQUAL 0)
    message(FATAL_ERROR "${CASE} compiles")
elseif(NOT said MATCHES "${${CASE}}")
    message(FATAL_ERROR "${CASE} does not compile, but for another reason:\n${said}")
endif()
