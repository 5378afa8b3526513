// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Compiled into a test, it makes NthCall's allocation faults reach every `new` of the program.
#include "nthcall.h"

#include <cstdlib>
#include <new>

namespace NthCall = Satchel::Testing::NthCall;

void *operator new(std::size_t size)
{
    void *memory = NthCall::allocationFails() ? nullptr : std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

void *operator new(std::size_t size, const std::nothrow_t & /*tag*/) noexcept
{
    return NthCall::allocationFails() ? nullptr : std::malloc(size == 0 ? 1 : size);
}

void operator delete(void *memory) noexcept
{
    std::free(memory);
}

void operator delete(void *memory, std::size_t /*size*/) noexcept
{
    std::free(memory);
}
