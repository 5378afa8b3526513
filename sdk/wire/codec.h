// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "wire/frames.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Domain values <-> protobuf bytes. Everything that comes in is validated: structure, UTF-8, limits, duplicates, recursion depth.
/// Decoders return INVALID_ARGUMENT (MALFORMED_INPUT, INVALID_UTF8, INVALID_NAME, UNEXPECTED_FRAME) or RESOURCE_EXHAUSTED/LIMIT_EXCEEDED.
/// Unknown fields are ignored (evolution); unknown enum values are refused where a decision hangs on them and ignored in capability lists.
/// Stateless and thread-safe.
namespace Satchel::Wire {

enum class Compression : std::uint8_t { None, Zstd };

/// A WebSocket message: envelope and frame. Compresses over `compressAboveBytes` when told to and when it helps.
[[nodiscard]] std::string encode(const ClientFrame &frame, Compression compression);
[[nodiscard]] std::string encode(const ServerFrame &frame, Compression compression);
[[nodiscard]] Core::Result<ClientFrame> decodeClientFrame(std::string_view message, const Core::Limits &limits);
[[nodiscard]] Core::Result<ServerFrame> decodeServerFrame(std::string_view message, const Core::Limits &limits);

/// Polling bodies (POST /v1/sync, content type application/x-protobuf), in the same envelope.
[[nodiscard]] std::string encode(const SyncRequest &request, Compression compression);
[[nodiscard]] std::string encode(const SyncResponse &response, Compression compression);
[[nodiscard]] Core::Result<SyncRequest> decodeSyncRequest(std::string_view body, const Core::Limits &limits);
[[nodiscard]] Core::Result<SyncResponse> decodeSyncResponse(std::string_view body, const Core::Limits &limits);

/// What stores keep. A stored blob that does not decode is DATA_LOSS/STORE_DAMAGED.
[[nodiscard]] std::string encode(const Core::Mutation &mutation);
[[nodiscard]] Core::Result<Core::Mutation> decodeStoredMutation(std::string_view bytes);
/// A mutation, and the bytes that it takes in a push or a block.
struct SizedMutation {
    Core::MutationPtr mutation;
    std::size_t bytes = 0;
};
/// Several mutations as one blob; fills in their sizes.
[[nodiscard]] std::string encodeBlock(std::span<SizedMutation> mutations);
[[nodiscard]] Core::Result<std::vector<SizedMutation>> decodeStoredBlock(std::string_view bytes);
[[nodiscard]] std::string encode(const Core::Document &document);
[[nodiscard]] Core::Result<Core::Document> decodeStoredDocument(std::string_view bytes);
[[nodiscard]] std::string encode(const Core::PolicySet &policies);
[[nodiscard]] Core::Result<Core::PolicySet> decodeStoredPolicies(std::string_view bytes);

/// A document as the server keeps it: with the seq at which each field last changed. `fieldSeqs[i]` belongs to `document.fields[i]`.
struct TrackedDocument {
    Core::Document document;
    std::vector<std::uint64_t> fieldSeqs;
    friend bool operator==(const TrackedDocument &, const TrackedDocument &) = default;
};
[[nodiscard]] std::string encode(const TrackedDocument &tracked);
[[nodiscard]] Core::Result<TrackedDocument> decodeStoredTracked(std::string_view bytes);

/// Bytes that a mutation takes in a push, for batching.
[[nodiscard]] std::size_t encodedSize(const Core::Mutation &mutation);

}  // namespace Satchel::Wire
