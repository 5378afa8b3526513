// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/admincodec.h"

#include "wire/protobuf/admincodec_p.h"

#include <algorithm>

namespace Satchel::Wire::Admin {

namespace {

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

SATCHEL_ADMIN_MESSAGE(UsersListRequest)
SATCHEL_ADMIN_MESSAGE(UsersListResponse)
SATCHEL_ADMIN_MESSAGE(UsersGetRequest)
SATCHEL_ADMIN_MESSAGE(UsersGetResponse)
SATCHEL_ADMIN_MESSAGE(DevicesListRequest)
SATCHEL_ADMIN_MESSAGE(DevicesListResponse)
SATCHEL_ADMIN_MESSAGE(DevicesRevokeRequest)
SATCHEL_ADMIN_MESSAGE(DevicesRevokeResponse)
SATCHEL_ADMIN_MESSAGE(StateListDocumentsRequest)
SATCHEL_ADMIN_MESSAGE(StateListDocumentsResponse)
SATCHEL_ADMIN_MESSAGE(StateGetDocumentRequest)
SATCHEL_ADMIN_MESSAGE(StateGetDocumentResponse)
SATCHEL_ADMIN_MESSAGE(ConflictsListRequest)
SATCHEL_ADMIN_MESSAGE(ConflictsListResponse)
SATCHEL_ADMIN_MESSAGE(AuditQueryRequest)
SATCHEL_ADMIN_MESSAGE(AuditQueryResponse)
SATCHEL_ADMIN_MESSAGE(AuditTreeHeadRequest)
SATCHEL_ADMIN_MESSAGE(AuditTreeHeadResponse)
SATCHEL_ADMIN_MESSAGE(AuditInclusionProofRequest)
SATCHEL_ADMIN_MESSAGE(AuditInclusionProofResponse)
SATCHEL_ADMIN_MESSAGE(AuditConsistencyProofRequest)
SATCHEL_ADMIN_MESSAGE(AuditConsistencyProofResponse)
SATCHEL_ADMIN_MESSAGE(AuditExportRequest)
SATCHEL_ADMIN_MESSAGE(AuditExportResponse)

}  // namespace Satchel::Wire::Admin
