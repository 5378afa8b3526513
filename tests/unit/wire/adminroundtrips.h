// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "support/framegenerators.h"

#include "wire/admincodec.h"

/// Whether whatever is generated of these messages is, encoded and decoded in either format, what it was. Access: the server only reads
/// requests and only writes responses, so that the other half is protobuf's own.
namespace Satchel::Test {

[[nodiscard]] bool historyMessagesRoundTrip();
[[nodiscard]] bool resolveMessagesRoundTrip();
[[nodiscard]] bool statsMessagesRoundTrip();
[[nodiscard]] bool rightsMessagesRoundTrip();
[[nodiscard]] bool accessRequestsAreRead();
[[nodiscard]] bool accessResponsesAreWritten();

}  // namespace Satchel::Test

/// What messages of several services have in them.
namespace Satchel::Test::Generators {

namespace Admin = Satchel::Wire::Admin;
using Admin::Format;

template <typename T>
rc::Gen<std::vector<T>> some(rc::Gen<T> gen)
{
    return rc::gen::resize(4, rc::gen::container<std::vector<T>>(std::move(gen)));
}

inline std::uint32_t anyU32()
{
    return *Gen::number<std::uint32_t>();
}

inline std::uint64_t anyU64()
{
    return *Gen::number<std::uint64_t>();
}

inline Admin::PageRequest page()
{
    return {anyU32(), *Gen::text()};
}

inline rc::Gen<Admin::UserSummary> user()
{
    return rc::gen::exec(
        [] { return Admin::UserSummary{*Gen::text(), anyU64(), anyU64(), anyU32(), anyU32(), *Gen::time(), *Gen::time()}; });
}

inline rc::Gen<Admin::DeviceSummary> device()
{
    return rc::gen::exec([] {
        Admin::DeviceSummary out{*Gen::device(),
                                 *Gen::text(),
                                 *Gen::text(),
                                 *Gen::text(),
                                 *Gen::text(),
                                 *Gen::time(),
                                 anyU64(),
                                 anyU64(),
                                 *rc::gen::arbitrary<bool>(),
                                 *rc::gen::arbitrary<bool>()};
        out.lag = anyU64();
        out.lagCause = Admin::LagCause::TokenExpired;
        out.refused = *Gen::time();
        out.refusedCode = *Gen::maybe(rc::gen::just(Core::ErrorCode::FailedPrecondition));
        out.tokenExpires = *Gen::time();
        return out;
    });
}

inline rc::Gen<Admin::CollectionSummary> collection()
{
    return rc::gen::exec([] { return Admin::CollectionSummary{*Gen::text(), anyU64(), anyU32()}; });
}

inline rc::Gen<Admin::DocumentSummary> document()
{
    return rc::gen::exec(
        [] { return Admin::DocumentSummary{*Gen::text(), *Gen::text(), anyU64(), anyU32(), anyU32(), *Gen::time(), anyU32()}; });
}

inline rc::Gen<Admin::SiblingView> sibling()
{
    return rc::gen::exec([] {
        return Admin::SiblingView{*Gen::dot(),  *Gen::maybe(Gen::value()),  *Gen::text(), *Gen::time(),
                                  *Gen::time(), *rc::gen::arbitrary<bool>()};
    });
}

inline rc::Gen<Core::ConflictRule> rule()
{
    return rc::gen::element(Core::ConflictRule::Merge, Core::ConflictRule::LastWriter, Core::ConflictRule::Manual,
                            Core::ConflictRule::Custom);
}

inline rc::Gen<Admin::FieldView> field()
{
    return rc::gen::exec([] {
        return Admin::FieldView{*Gen::text(),
                                *rc::gen::element(Core::FieldKind::Register, Core::FieldKind::Counter, Core::FieldKind::Set),
                                *Gen::maybe(Gen::value()),
                                *rc::gen::arbitrary<bool>(),
                                *some(sibling()),
                                *rc::gen::arbitrary<bool>()};
    });
}

inline rc::Gen<Admin::ConflictKind> kind()
{
    return rc::gen::element(Admin::ConflictKind::Open, Admin::ConflictKind::Overwritten);
}

inline rc::Gen<Admin::Conflict> conflict()
{
    return rc::gen::exec([] {
        return Admin::Conflict{*kind(),
                               *Gen::text(),
                               *Gen::text(),
                               *Gen::text(),
                               *Gen::text(),
                               *some(sibling()),
                               *Gen::maybe(Gen::value()),
                               *rule(),
                               *Gen::time(),
                               anyU64(),
                               *rc::gen::arbitrary<bool>()};
    });
}

inline std::string hash()
{
    return *rc::gen::container<std::string>(32, rc::gen::arbitrary<char>());
}

inline Admin::AuditEntry auditEntry()
{
    Admin::AuditEntry entry;
    entry.index = anyU64();
    entry.stored = hash();
    entry.record.time = *Gen::time();
    entry.record.tenant = *Gen::text();
    entry.record.action = "Users/" + *Gen::text();
    if (*rc::gen::arbitrary<bool>()) {
        entry.record.code = Core::ErrorCode::NotFound;
        entry.record.reason = Core::ErrorReason::RoleMissing;
        entry.record.continuation = Wire::AuditContinuation{anyU64(), anyU64(), anyU64(), hash()};
        entry.record.personal.device = (*device()).id;
    }
    entry.record.requestId = *Gen::text();
    entry.record.requestSha256 = hash();
    entry.record.roles = *some(Gen::text());
    entry.record.personal.actor = *Gen::text();
    entry.record.personal.user = *Gen::text();
    entry.record.personal.collection = *Gen::text();
    entry.record.personal.key = *Gen::text();
    entry.record.personal.reason = *Gen::text();
    entry.record.personal.clientAddress = *Gen::text();
    return entry;
}

template <typename Message>
void assertRoundTrip(const Message &message)
{
    for (const Format format : {Format::Protobuf, Format::Json}) {
        const auto decoded = Admin::decode<Message>(Admin::encode(message, format), format);
        RC_ASSERT(decoded.has_value());
        RC_ASSERT(*decoded == message);
    }
}

}  // namespace Satchel::Test::Generators
