// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// What a store keeps: the input as a mutation, a document, a tracked document and a set of policies.
#include "fuzzing.h"

#include "wire/codec.h"

using namespace Satchel;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view input = Fuzz::viewOf(data, size);
    const auto encode = [](const auto &stored) { return Wire::encode(stored); };
    Fuzz::checkStable(input, &Wire::decodeStoredMutation, encode);
    Fuzz::checkStable(input, &Wire::decodeStoredDocument, encode);
    Fuzz::checkStable(input, &Wire::decodeStoredTracked, encode);
    Fuzz::checkStable(input, &Wire::decodeStoredPolicies, encode);
    return 0;
}
