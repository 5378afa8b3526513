// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "wire/accessmessages.h"
#include "wire/admincodec.h"

/// Bodies of the services Policies and Approvals, as a server has them: requests are read, responses written. Otherwise as admincodec.h.
namespace Satchel::Wire::Admin {

[[nodiscard]] std::string encode(const PoliciesGetResponse &message, Format format);
[[nodiscard]] std::string encode(const PoliciesPutResponse &message, Format format);
[[nodiscard]] std::string encode(const PoliciesHistoryResponse &message, Format format);
[[nodiscard]] std::string encode(const ApprovalsListResponse &message, Format format);
[[nodiscard]] std::string encode(const ApprovalsApproveResponse &message, Format format);
[[nodiscard]] std::string encode(const ApprovalsRejectResponse &message, Format format);

template <>
[[nodiscard]] Core::Result<PoliciesGetRequest> decode(std::string_view body, Format format);
template <>
[[nodiscard]] Core::Result<PoliciesPutRequest> decode(std::string_view body, Format format);
template <>
[[nodiscard]] Core::Result<PoliciesHistoryRequest> decode(std::string_view body, Format format);
template <>
[[nodiscard]] Core::Result<ApprovalsListRequest> decode(std::string_view body, Format format);
template <>
[[nodiscard]] Core::Result<ApprovalsApproveRequest> decode(std::string_view body, Format format);
template <>
[[nodiscard]] Core::Result<ApprovalsRejectRequest> decode(std::string_view body, Format format);

}  // namespace Satchel::Wire::Admin
