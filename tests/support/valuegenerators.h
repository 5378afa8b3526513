// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/hlc.h"
#include "core/ids.h"
#include "core/value.h"

#include <rapidcheck.h>

#include <limits>
#include <string>

/// rapidcheck generators of names, numbers and values. Property tests share them.
namespace Satchel::Gen {

/// UTF-8 of all lengths, controls and NUL among it; at most `lettersMax` code points.
[[nodiscard]] rc::Gen<std::string> text(int lettersMax = 12);
[[nodiscard]] rc::Gen<std::string> name();
[[nodiscard]] rc::Gen<std::string> bytes();

/// Any number of its type, the edges often.
template <typename T>
rc::Gen<T> number()
{
    return rc::gen::weightedOneOf<T>(
        {{3, rc::gen::arbitrary<T>()}, {1, rc::gen::element(T{0}, T{1}, std::numeric_limits<T>::max(), std::numeric_limits<T>::min())}});
}
[[nodiscard]] rc::Gen<std::uint64_t> positive();

/// One of eight devices, so that histories meet.
[[nodiscard]] rc::Gen<Core::DeviceId> device();
[[nodiscard]] rc::Gen<Core::Dot> dot();
[[nodiscard]] rc::Gen<Core::Hlc> stamp();
[[nodiscard]] rc::Gen<double> finite();
[[nodiscard]] rc::Gen<Core::Value> scalar();
[[nodiscard]] rc::Gen<Core::Value> value(int depth = 3);

}  // namespace Satchel::Gen
