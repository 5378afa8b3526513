// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// The bodies of the polling carrier: the input as both, compressed and plain.
#include "fuzzing.h"

#include "wire/codec.h"

using namespace Satchel;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view input = Fuzz::viewOf(data, size);
    Core::Limits limits;
    limits.decompressedFrameBytesMax = 1024 * 1024;
    limits.frameBytesMax = 16 * 1024 * 1024;
    const auto decodeRequest = [&limits](std::string_view body) { return Wire::decodeSyncRequest(body, limits); };
    const auto encodeRequest = [](const Wire::SyncRequest &request) { return Wire::encode(request, Wire::Compression::Zstd); };
    const auto decodeResponse = [&limits](std::string_view body) { return Wire::decodeSyncResponse(body, limits); };
    const auto encodeResponse = [](const Wire::SyncResponse &response) { return Wire::encode(response, Wire::Compression::Zstd); };
    Fuzz::checkStable(input, decodeRequest, encodeRequest);
    Fuzz::checkStable(input, decodeResponse, encodeResponse);
    const std::string message = Fuzz::enveloped(input);
    Fuzz::checkStable(message, decodeRequest, encodeRequest);
    Fuzz::checkStable(message, decodeResponse, encodeResponse);
    return 0;
}
