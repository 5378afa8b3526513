// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/admincodec.h"

#include "wire/protobuf/protojson.h"
#include "wire/protobuf/protoparse.h"
#include "wire/protobuf/protoreader.h"
#include "wire/protobuf/protowriter.h"

#include <algorithm>

namespace Satchel::Wire::Admin {

namespace {

template <typename Message, typename Domain>
std::string encodeAs(const Domain &domain, Format format)
{
    SmallArena arena;
    auto *message = arena.make<Message>();
    write(domain, message);
    return format == Format::Protobuf ? serialize(*message) : protoToJson(*message);
}

template <typename Message, typename Domain>
Core::Result<Domain> decodeAs(std::string_view body, Format format, std::size_t bytesMax)
{
    if (body.size() > bytesMax) {
        return tooMuch("the body is over the limit");
    }
    const Core::Limits limits;
    const int recursionMax = recursionLimit(limits.nestingMax);
    SmallArena arena;
    auto *message = arena.make<Message>();
    Core::Result<void> result =
        format == Format::Protobuf ? parse(body, recursionMax, *message) : protoFromJson(body, recursionMax, *message);
    Core::Result<Domain> domain{Domain{}};
    if (result) {
        result = ProtoReader(limits).read(*message, *domain);
    }
    if (!result) {
        return Core::failure(std::move(result.error()));
    }
    return domain;
}

char lowerCase(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

}  // namespace

std::string_view contentTypeOf(Format format)
{
    return format == Format::Protobuf ? "application/proto" : "application/json";
}

std::optional<Format> formatFromContentType(std::string_view contentType)
{
    std::string_view type = contentType.substr(0, contentType.find(';'));
    const std::size_t end = type.find_last_not_of(" \t");
    type = type.substr(0, end == std::string_view::npos ? 0 : end + 1);
    for (const Format format : {Format::Protobuf, Format::Json}) {
        const std::string_view known = contentTypeOf(format);
        if (std::equal(type.begin(), type.end(), known.begin(), known.end(), [](char a, char b) { return lowerCase(a) == b; })) {
            return format;
        }
    }
    return std::nullopt;
}

std::string encode(const UsersListRequest &message, Format format)
{
    return encodeAs<Pb::UsersListRequest>(message, format);
}

template <>
Core::Result<UsersListRequest> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::UsersListRequest, UsersListRequest>(body, format, requestBytesMax);
}

std::string encode(const UsersListResponse &message, Format format)
{
    return encodeAs<Pb::UsersListResponse>(message, format);
}

template <>
Core::Result<UsersListResponse> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::UsersListResponse, UsersListResponse>(body, format, responseBytesMax);
}

std::string encode(const UsersGetRequest &message, Format format)
{
    return encodeAs<Pb::UsersGetRequest>(message, format);
}

template <>
Core::Result<UsersGetRequest> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::UsersGetRequest, UsersGetRequest>(body, format, requestBytesMax);
}

std::string encode(const UsersGetResponse &message, Format format)
{
    return encodeAs<Pb::UsersGetResponse>(message, format);
}

template <>
Core::Result<UsersGetResponse> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::UsersGetResponse, UsersGetResponse>(body, format, responseBytesMax);
}

std::string encode(const DevicesRevokeRequest &message, Format format)
{
    return encodeAs<Pb::DevicesRevokeRequest>(message, format);
}

template <>
Core::Result<DevicesRevokeRequest> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::DevicesRevokeRequest, DevicesRevokeRequest>(body, format, requestBytesMax);
}

std::string encode(const DevicesRevokeResponse &message, Format format)
{
    return encodeAs<Pb::DevicesRevokeResponse>(message, format);
}

template <>
Core::Result<DevicesRevokeResponse> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::DevicesRevokeResponse, DevicesRevokeResponse>(body, format, responseBytesMax);
}

std::string encode(const StateListDocumentsRequest &message, Format format)
{
    return encodeAs<Pb::StateListDocumentsRequest>(message, format);
}

template <>
Core::Result<StateListDocumentsRequest> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::StateListDocumentsRequest, StateListDocumentsRequest>(body, format, requestBytesMax);
}

std::string encode(const StateListDocumentsResponse &message, Format format)
{
    return encodeAs<Pb::StateListDocumentsResponse>(message, format);
}

template <>
Core::Result<StateListDocumentsResponse> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::StateListDocumentsResponse, StateListDocumentsResponse>(body, format, responseBytesMax);
}

std::string encode(const StateGetDocumentRequest &message, Format format)
{
    return encodeAs<Pb::StateGetDocumentRequest>(message, format);
}

template <>
Core::Result<StateGetDocumentRequest> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::StateGetDocumentRequest, StateGetDocumentRequest>(body, format, requestBytesMax);
}

std::string encode(const StateGetDocumentResponse &message, Format format)
{
    return encodeAs<Pb::StateGetDocumentResponse>(message, format);
}

template <>
Core::Result<StateGetDocumentResponse> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::StateGetDocumentResponse, StateGetDocumentResponse>(body, format, responseBytesMax);
}

std::string encode(const ConflictsListRequest &message, Format format)
{
    return encodeAs<Pb::ConflictsListRequest>(message, format);
}

template <>
Core::Result<ConflictsListRequest> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::ConflictsListRequest, ConflictsListRequest>(body, format, requestBytesMax);
}

std::string encode(const ConflictsListResponse &message, Format format)
{
    return encodeAs<Pb::ConflictsListResponse>(message, format);
}

template <>
Core::Result<ConflictsListResponse> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::ConflictsListResponse, ConflictsListResponse>(body, format, responseBytesMax);
}

std::string encode(const AuditQueryRequest &message, Format format)
{
    return encodeAs<Pb::AuditQueryRequest>(message, format);
}

template <>
Core::Result<AuditQueryRequest> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::AuditQueryRequest, AuditQueryRequest>(body, format, requestBytesMax);
}

std::string encode(const AuditQueryResponse &message, Format format)
{
    return encodeAs<Pb::AuditQueryResponse>(message, format);
}

template <>
Core::Result<AuditQueryResponse> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::AuditQueryResponse, AuditQueryResponse>(body, format, responseBytesMax);
}

std::string encode(const AuditTreeHeadRequest &message, Format format)
{
    return encodeAs<Pb::AuditTreeHeadRequest>(message, format);
}

template <>
Core::Result<AuditTreeHeadRequest> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::AuditTreeHeadRequest, AuditTreeHeadRequest>(body, format, requestBytesMax);
}

std::string encode(const AuditTreeHeadResponse &message, Format format)
{
    return encodeAs<Pb::AuditTreeHeadResponse>(message, format);
}

template <>
Core::Result<AuditTreeHeadResponse> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::AuditTreeHeadResponse, AuditTreeHeadResponse>(body, format, responseBytesMax);
}

std::string encode(const AuditInclusionProofRequest &message, Format format)
{
    return encodeAs<Pb::AuditInclusionProofRequest>(message, format);
}

template <>
Core::Result<AuditInclusionProofRequest> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::AuditInclusionProofRequest, AuditInclusionProofRequest>(body, format, requestBytesMax);
}

std::string encode(const AuditInclusionProofResponse &message, Format format)
{
    return encodeAs<Pb::AuditInclusionProofResponse>(message, format);
}

template <>
Core::Result<AuditInclusionProofResponse> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::AuditInclusionProofResponse, AuditInclusionProofResponse>(body, format, responseBytesMax);
}

std::string encode(const AuditConsistencyProofRequest &message, Format format)
{
    return encodeAs<Pb::AuditConsistencyProofRequest>(message, format);
}

template <>
Core::Result<AuditConsistencyProofRequest> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::AuditConsistencyProofRequest, AuditConsistencyProofRequest>(body, format, requestBytesMax);
}

std::string encode(const AuditConsistencyProofResponse &message, Format format)
{
    return encodeAs<Pb::AuditConsistencyProofResponse>(message, format);
}

template <>
Core::Result<AuditConsistencyProofResponse> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::AuditConsistencyProofResponse, AuditConsistencyProofResponse>(body, format, responseBytesMax);
}

std::string encode(const AuditExportRequest &message, Format format)
{
    return encodeAs<Pb::AuditExportRequest>(message, format);
}

template <>
Core::Result<AuditExportRequest> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::AuditExportRequest, AuditExportRequest>(body, format, requestBytesMax);
}

std::string encode(const AuditExportResponse &message, Format format)
{
    return encodeAs<Pb::AuditExportResponse>(message, format);
}

template <>
Core::Result<AuditExportResponse> decode(std::string_view body, Format format)
{
    return decodeAs<Pb::AuditExportResponse, AuditExportResponse>(body, format, responseBytesMax);
}

}  // namespace Satchel::Wire::Admin
