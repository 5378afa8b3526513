// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Text from people and programs: the input as a JSON value, as the body of every admin call in both formats, and as a filter line.
#include "fuzzing.h"

#include "wire/admincodec.h"
#include "wire/json.h"
#include "wire/listfields.h"

using namespace Satchel;
namespace Admin = Satchel::Wire::Admin;

namespace {

template <typename Message>
void checkAdmin(std::string_view body)
{
    for (const Admin::Format format : {Admin::Format::Protobuf, Admin::Format::Json}) {
        const auto decoded = Admin::decode<Message>(body, format);
        // Written as protobuf, as a value may nest deeper than the JSON reader goes.
        if (decoded) {
            const auto again = Admin::decode<Message>(Admin::encode(*decoded, Admin::Format::Protobuf), Admin::Format::Protobuf);
            Fuzz::require(again.has_value() && *again == *decoded);
            Fuzz::require(!Admin::encode(*decoded, Admin::Format::Json).empty());
        }
    }
}

void checkFilter(std::string_view text)
{
    const auto fields = Admin::auditFields();
    const auto filter = Core::parseFilter(text, fields, std::chrono::milliseconds(1'800'000'000'000));
    if (!filter) {
        Fuzz::require(filter.error().column >= 1 && filter.error().column <= text.size() + 1 && filter.error().length >= 1);
        return;
    }
    Core::FilterRow row;
    row.text = [text](std::size_t) { return text.substr(0, 3); };
    row.number = [](std::size_t field) { return static_cast<std::int64_t>(field); };
    row.freeTexts = {text};
    Core::Filter negated;
    negated.kind = Core::Filter::Kind::Not;
    negated.operands.push_back(*filter);
    Fuzz::require(Core::matches(*filter, fields, row) != Core::matches(negated, fields, row));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view input = Fuzz::viewOf(data, size);
    Fuzz::checkStable(
        input, [](std::string_view text) { return Wire::valueFromJson(text); },
        [](const Core::Value &value) { return Wire::jsonFromValue(value); });
    checkFilter(input);
    checkAdmin<Admin::UsersListRequest>(input);
    checkAdmin<Admin::DevicesListRequest>(input);
    checkAdmin<Admin::UsersGetRequest>(input);
    checkAdmin<Admin::DevicesRevokeRequest>(input);
    checkAdmin<Admin::StateListDocumentsRequest>(input);
    checkAdmin<Admin::StateGetDocumentRequest>(input);
    checkAdmin<Admin::ConflictsListRequest>(input);
    checkAdmin<Admin::UsersListResponse>(input);
    checkAdmin<Admin::UsersGetResponse>(input);
    checkAdmin<Admin::DevicesRevokeResponse>(input);
    checkAdmin<Admin::StateListDocumentsResponse>(input);
    checkAdmin<Admin::StateGetDocumentResponse>(input);
    checkAdmin<Admin::ConflictsListResponse>(input);
    checkAdmin<Admin::AuditQueryRequest>(input);
    checkAdmin<Admin::AuditQueryResponse>(input);
    checkAdmin<Admin::AuditTreeHeadResponse>(input);
    checkAdmin<Admin::AuditInclusionProofRequest>(input);
    checkAdmin<Admin::AuditInclusionProofResponse>(input);
    checkAdmin<Admin::AuditConsistencyProofRequest>(input);
    checkAdmin<Admin::AuditConsistencyProofResponse>(input);
    checkAdmin<Admin::AuditExportRequest>(input);
    checkAdmin<Admin::AuditExportResponse>(input);
    Core::ignore(Core::Result<Core::Error>(Admin::errorFromResponse(500, input)), "it never fails; only a crash is looked for");
    return 0;
}
