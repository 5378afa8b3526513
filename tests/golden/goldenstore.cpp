// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "goldenstore.h"

#include "core/canonical.h"
#include "core/view.h"
#include "wire/codec.h"
#include "wire/json.h"

#include <array>

namespace Satchel::Golden {

CipherDb::StoreKey goldenKey()
{
    std::array<std::uint8_t, CipherDb::StoreKey::sizeBytes> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::uint8_t>(i);
    }
    return CipherDb::StoreKey(bytes);
}

Core::PolicySet goldenPolicies()
{
    Core::PolicySet set;
    set.setVersion(3);
    Core::Policy progress;
    progress.collection = "progress";
    progress.fieldKinds = {{"xp", Core::FieldKind::Counter}, {"badges", Core::FieldKind::Set}};
    Core::Policy drafts;
    drafts.collection = "drafts";
    drafts.conflict = Core::ConflictRule::Manual;
    drafts.sensitivity = Core::Sensitivity::Restricted;
    Core::Policy session;
    session.collection = "session";
    session.conflict = Core::ConflictRule::LastWriter;
    Core::Policy wallet;
    wallet.collection = "wallet";
    wallet.consistency = Core::Consistency::Strong;
    for (Core::Policy *policy : {&progress, &drafts, &session, &wallet}) {
        policy->version = 3;
        set.insert(*policy);
    }
    return set;
}

Core::Mutation mutationOf(Core::Dot dot, Core::DocumentId document, std::vector<Core::Op> ops, Core::VersionVector context)
{
    Core::Mutation mutation;
    mutation.dot = dot;
    mutation.stamp = Core::Hlc::fromParts(1'700'000'000'000 + 1000 * dot.counter + dot.device.bytes[0], 5);
    mutation.document = std::move(document);
    mutation.context = std::move(context);
    mutation.ops = std::move(ops);
    mutation.policyVersion = 3;
    return mutation;
}

Core::Value valueOfEveryType()
{
    const Core::Value::List list{Core::Value(),
                                 Core::Value(true),
                                 Core::Value(INT64_MIN),
                                 Core::Value(-0.0),
                                 Core::Value(1.5e300),
                                 Core::Value(std::string("a\0b", 3)),
                                 Core::Value(Core::Bytes{std::string("\x00\xff\x80", 3)}),
                                 Core::Value(Core::Timestamp{-1}),
                                 Core::Value(Core::Value::List())};
    auto map = Core::Value::map({{"list", Core::Value(list)}, {"\u00e9\u4e2d\U0001f600", Core::Value("text")}});
    return map ? *map : Core::Value();
}

std::string textOf(std::string_view bytes)
{
    return Wire::jsonFromValue(Core::isUtf8(bytes) ? Core::Value(std::string(bytes)) : Core::Value(Core::Bytes{std::string(bytes)}));
}

std::string textOf(const Core::DocumentId &id)
{
    return textOf(id.collection) + " " + textOf(id.key);
}

std::string textOf(const Core::Document &document, const Core::Policy &policy)
{
    auto shown = Core::Value::map(Core::shownFields(document, policy));
    std::string text = shown ? Wire::jsonFromValue(*shown) : "unreadable";
    for (const std::string &field : Core::conflictedFields(document, policy)) {
        text += " conflict=" + textOf(field);
    }
    return text + " state=" + Wire::base64Url(Core::canonicalBytes(document));
}

std::string textOf(const Core::Mutation &mutation)
{
    return mutation.dot.device.toHex() + "/" + std::to_string(mutation.dot.counter) + " stamp=" + std::to_string(mutation.stamp.packed) +
           " " + textOf(mutation.document) + " ops=" + std::to_string(mutation.ops.size()) +
           " mutation=" + Wire::base64Url(Wire::encode(mutation));
}

std::string textOf(const Core::Error &error)
{
    return std::string(Core::codeName(error.code)) + "/" + std::string(Core::reasonName(error.reason)) + " " + textOf(error.detail) +
           " retry=" + std::to_string(static_cast<int>(error.retry));
}

std::string textOf(const Core::PolicySet &policies)
{
    return "version=" + std::to_string(policies.version()) + " " + Wire::base64Url(Wire::encode(policies));
}

}  // namespace Satchel::Golden
