// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// What a device reads from a server: the input as a message, and as a frame in an envelope.
#include "fuzzing.h"

#include "wire/codec.h"

using namespace Satchel;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view input = Fuzz::viewOf(data, size);
    // What is taken may grow when it is written again, so the limits are wider than the input can be.
    Core::Limits limits;
    limits.decompressedFrameBytesMax = 1024 * 1024;
    limits.frameBytesMax = 16 * 1024 * 1024;
    const auto decode = [&limits](std::string_view message) { return Wire::decodeServerFrame(message, limits); };
    const auto encode = [](const Wire::ServerFrame &frame) { return Wire::encode(frame, Wire::Compression::None); };
    Fuzz::checkStable(input, decode, encode);
    Fuzz::checkStable(Fuzz::enveloped(input), decode, encode);
    return 0;
}
