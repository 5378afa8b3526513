// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/codec.h"

#include "wire/envelope.h"
#include "wire/protobuf/protoparse.h"
#include "wire/protobuf/protoreader.h"
#include "wire/protobuf/protowriter.h"

namespace Satchel::Wire {

namespace {

constexpr std::size_t framesInRequestMax = 64;

/// Empty messages take two bytes on the wire and a hundred in memory, so elements are counted before any is built.
Core::Result<void> checkElementCounts(std::string_view clientFrame)
{
    bool isWithin = true;
    const bool isWellFormed = visitFields(clientFrame, [&](int field, std::string_view bytes) {
        if (field == Pb::ClientFrame::kPushFieldNumber) {
            isWithin = countElements(bytes, Pb::Push::kMutationsFieldNumber) <= pushMutationsMax;
        } else if (field == Pb::ClientFrame::kRecoverFieldNumber) {
            isWithin = countElements(bytes, Pb::Recover::kDocumentsFieldNumber) <= recoverDocumentsMax;
        }
        return isWithin;
    });
    if (!isWithin) {
        return tooMuch("the frame has too many elements");
    }
    return isWellFormed ? Core::Result<void>() : malformed("the bytes are not a ClientFrame");
}

Core::Result<void> checkRequestCounts(std::string_view request)
{
    if (countElements(request, Pb::SyncRequest::kFramesFieldNumber) > framesInRequestMax) {
        return tooMuch("the request has too many frames");
    }
    Core::Result<void> result;
    const bool isWellFormed = visitFields(request, [&](int field, std::string_view bytes) {
        if (field == Pb::SyncRequest::kFramesFieldNumber) {
            result = checkElementCounts(bytes);
        }
        return result.has_value();
    });
    return result && !isWellFormed ? malformed("the bytes are not a SyncRequest") : result;
}

template <typename Message, typename Domain>
std::string sealed(const Domain &domain, Compression compression)
{
    SmallArena arena;
    auto *message = arena.make<Message>();
    write(domain, message);
    return seal(*message, compression);
}

template <typename Message, typename Domain>
Core::Result<Domain> unsealed(std::string_view bytes, const Core::Limits &limits, Core::Result<void> (*check)(std::string_view))
{
    Core::Result<Opened> opened = open(bytes, limits);
    if (!opened) {
        return Core::failure(std::move(opened.error()));
    }
    if (check != nullptr) {
        if (Core::Result<void> checked = check(opened->bytes()); !checked) {
            return Core::failure(std::move(checked.error()));
        }
    }
    SmallArena arena;
    auto *message = arena.make<Message>();
    if (Core::Result<void> parsed = parse(opened->bytes(), recursionLimit(limits.nestingMax), *message); !parsed) {
        return Core::failure(std::move(parsed.error()));
    }
    Core::Result<Domain> domain{Domain{}};
    if (Core::Result<void> read = ProtoReader(limits).read(*message, *domain); !read) {
        return Core::failure(std::move(read.error()));
    }
    return domain;
}

/// Limits may have been lowered since a blob was stored, so a store's own data is held only to what keeps the reader safe.
Core::Limits storedLimits()
{
    Core::Limits limits;
    limits.nestingMax = nestingHardMax;
    limits.contextEntriesMax = 16 * 1024;
    limits.collectionBytesMax = 1024;
    return limits;
}

template <typename Message, typename Domain, typename Read>
Core::Result<Domain> stored(std::string_view bytes, Read read)
{
    SmallArena arena;
    auto *message = arena.make<Message>();
    Domain domain;
    Core::Result<void> result = parse(bytes, recursionLimit(nestingHardMax), *message);
    if (result) {
        result = read(ProtoReader(storedLimits()), *message, domain);
    }
    if (!result) {
        return Core::failure(Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged,
                                             "a stored " + message->GetDescriptor()->name() + " does not decode: " + result.error().detail,
                                             Core::Retry::AfterChange));
    }
    return domain;
}

/// What a message takes as an element of a repeated field with a small number.
std::size_t elementBytes(std::size_t messageBytes)
{
    return 1 + google::protobuf::io::CodedOutputStream::VarintSize64(messageBytes) + messageBytes;
}

}  // namespace

std::string encode(const ClientFrame &frame, Compression compression)
{
    return sealed<Pb::ClientFrame>(frame, compression);
}

std::string encode(const ServerFrame &frame, Compression compression)
{
    return sealed<Pb::ServerFrame>(frame, compression);
}

std::string encode(const SyncRequest &request, Compression compression)
{
    return sealed<Pb::SyncRequest>(request, compression);
}

std::string encode(const SyncResponse &response, Compression compression)
{
    return sealed<Pb::SyncResponse>(response, compression);
}

Core::Result<ClientFrame> decodeClientFrame(std::string_view message, const Core::Limits &limits)
{
    return unsealed<Pb::ClientFrame, ClientFrame>(message, limits, &checkElementCounts);
}

Core::Result<ServerFrame> decodeServerFrame(std::string_view message, const Core::Limits &limits)
{
    return unsealed<Pb::ServerFrame, ServerFrame>(message, limits, nullptr);
}

Core::Result<SyncRequest> decodeSyncRequest(std::string_view body, const Core::Limits &limits)
{
    return unsealed<Pb::SyncRequest, SyncRequest>(body, limits, &checkRequestCounts);
}

Core::Result<SyncResponse> decodeSyncResponse(std::string_view body, const Core::Limits &limits)
{
    return unsealed<Pb::SyncResponse, SyncResponse>(body, limits, nullptr);
}

std::string encode(const Core::Mutation &mutation)
{
    SmallArena arena;
    auto *message = arena.make<Pb::Mutation>();
    write(mutation, message);
    return serialize(*message);
}

Core::Result<Core::Mutation> decodeStoredMutation(std::string_view bytes)
{
    return stored<Pb::Mutation, Core::Mutation>(
        bytes, [](const ProtoReader &reader, Pb::Mutation &in, Core::Mutation &out) { return reader.read(in, out); });
}

std::string encodeBlock(std::span<SizedMutation> mutations)
{
    SmallArena arena;
    auto *block = arena.make<Pb::MutationBlock>();
    block->mutable_mutations()->Reserve(static_cast<int>(mutations.size()));
    for (const SizedMutation &sized : mutations) {
        write(*sized.mutation, block->add_mutations());
    }
    std::string bytes = serialize(*block);
    for (int i = 0; i < block->mutations_size(); ++i) {
        mutations[static_cast<std::size_t>(i)].bytes = elementBytes(static_cast<std::size_t>(block->mutations(i).GetCachedSize()));
    }
    return bytes;
}

Core::Result<std::vector<SizedMutation>> decodeStoredBlock(std::string_view bytes)
{
    std::vector<SizedMutation> mutations;
    Core::Result<void> outcome;
    const bool isWellFormed = visitFields(bytes, [&](int field, std::string_view element) {
        if (field != Pb::MutationBlock::kMutationsFieldNumber) {
            return true;
        }
        auto mutation = decodeStoredMutation(element);
        if (!mutation) {
            outcome = Core::failure(std::move(mutation.error()));
            return false;
        }
        mutations.push_back({std::make_shared<const Core::Mutation>(std::move(*mutation)), elementBytes(element.size())});
        return true;
    });
    if (!outcome) {
        return Core::failure(std::move(outcome.error()));
    }
    if (!isWellFormed) {
        return Core::failure(Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged,
                                             "a stored MutationBlock does not decode", Core::Retry::AfterChange));
    }
    return mutations;
}

std::string encode(const Core::Document &document)
{
    SmallArena arena;
    auto *message = arena.make<Pb::DocumentState>();
    write(document, nullptr, message);
    return serialize(*message);
}

Core::Result<Core::Document> decodeStoredDocument(std::string_view bytes)
{
    return stored<Pb::DocumentState, Core::Document>(
        bytes, [](const ProtoReader &reader, Pb::DocumentState &in, Core::Document &out) { return reader.read(in, out, nullptr); });
}

std::string encode(const Core::PolicySet &policies)
{
    SmallArena arena;
    auto *message = arena.make<Pb::PolicySet>();
    write(policies, message);
    return serialize(*message);
}

Core::Result<Core::PolicySet> decodeStoredPolicies(std::string_view bytes)
{
    return stored<Pb::PolicySet, Core::PolicySet>(
        bytes, [](const ProtoReader &reader, Pb::PolicySet &in, Core::PolicySet &out) { return reader.read(in, out); });
}

std::string encode(const TrackedDocument &tracked)
{
    SmallArena arena;
    auto *message = arena.make<Pb::DocumentState>();
    write(tracked.document, &tracked.fieldSeqs, message);
    return serialize(*message);
}

Core::Result<TrackedDocument> decodeStoredTracked(std::string_view bytes)
{
    return stored<Pb::DocumentState, TrackedDocument>(bytes, [](const ProtoReader &reader, Pb::DocumentState &in, TrackedDocument &out) {
        return reader.read(in, out.document, &out.fieldSeqs);
    });
}

std::size_t encodedSize(const Core::Mutation &mutation)
{
    SmallArena arena;
    auto *message = arena.make<Pb::Mutation>();
    write(mutation, message);
    return elementBytes(message->ByteSizeLong());
}

}  // namespace Satchel::Wire
