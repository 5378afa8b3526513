// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "policyfile.h"

#include "core/limits.h"
#include "core/mutation.h"
#include "server-stub/ops/accessreader.h"
#include "server-stub/ops/policytext.h"

#include <fstream>
#include <span>

namespace Satchel::Server {

namespace {

using Json = Wire::PlacedJson;
using Check = PolicyText::Check;

constexpr int depthMax = 16;
constexpr std::uint64_t numberMax = 1ULL << 53U;
constexpr std::uint64_t daysMax = 36'500;
constexpr std::uint64_t hoursMax = 24 * 366;

template <typename Enum>
struct Name {
    std::string_view text;
    Enum value;
};

constexpr Name<Core::ConflictRule> conflictNames[] = {{"merge", Core::ConflictRule::Merge},
                                                      {"last_writer", Core::ConflictRule::LastWriter},
                                                      {"manual", Core::ConflictRule::Manual},
                                                      {"custom", Core::ConflictRule::Custom}};
constexpr Name<Core::Consistency> consistencyNames[] = {{"eventual", Core::Consistency::Eventual}, {"strong", Core::Consistency::Strong}};
constexpr Name<Core::FieldKind> kindNames[] = {
    {"register", Core::FieldKind::Register}, {"counter", Core::FieldKind::Counter}, {"set", Core::FieldKind::Set}};

/// Reads one text into one Policies.
class Reader {
public:
    Reader(std::string_view json, Policies &out)
        : m_text(json)
        , m_out(out)
    {
    }
    Check read(const Json &root);

private:
    template <typename Enum>
    Check readName(const Json &value, const std::string &path, std::span<const Name<Enum>> names, Enum &out) const;
    Check readTop(const Json::Member &member, const std::string &path);
    Check readCollection(const Json::Member &collection, const std::string &path);
    Check readMember(const Json::Member &member, const std::string &path, Core::Policy &shared, ServerPolicy &own) const;
    Check readField(const Json::Member &field, const std::string &path, Core::Policy &shared, ServerPolicy &own) const;
    Check readKind(const Json &value, const std::string &path, const std::string &field, Core::Policy &shared) const;
    Check readQuota(const Json::Member &member, const std::string &path);
    Check readAlarm(const Json::Member &member, const std::string &path);

    PolicyText m_text;
    Policies &m_out;
};

template <typename Enum>
Check Reader::readName(const Json &value, const std::string &path, std::span<const Name<Enum>> names, Enum &out) const
{
    std::vector<std::string_view> known;
    for (const Name<Enum> &name : names) {
        if (value.kind == Json::Kind::Text && value.text == name.text) {
            out = name.value;
            return {};
        }
        known.push_back(name.text);
    }
    return m_text.notOneOf(value.byte, path, known);
}

Check Reader::readKind(const Json &value, const std::string &path, const std::string &field, Core::Policy &shared) const
{
    Core::FieldKind kind{};
    auto read = readName<Core::FieldKind>(value, path, kindNames, kind);
    if (read && kind != Core::FieldKind::Register) {
        shared.fieldKinds.emplace(field, kind);
    }
    return read;
}

Check Reader::readField(const Json::Member &field, const std::string &path, Core::Policy &shared, ServerPolicy &own) const
{
    if (field.name.empty() || field.name.size() > Core::Limits{}.fieldNameBytesMax) {
        return m_text.wrong(field.byte, path, "a field's name has 1 to 512 bytes");
    }
    if (field.value.kind == Json::Kind::Text) {
        return readKind(field.value, path, field.name, shared);
    }
    return m_text.eachMember(field.value, path, [&](const Json::Member &member, const std::string &place) -> Check {
        if (member.name == "kind") {
            return readKind(member.value, place, field.name, shared);
        }
        if (member.name == "sensitivity") {
            return m_text.readSensitivity(member.value, place, own.fieldSensitivities[field.name]);
        }
        return m_text.unknown(member, place, "kind and sensitivity");
    });
}

Check Reader::readMember(const Json::Member &member, const std::string &path, Core::Policy &shared, ServerPolicy &own) const
{
    const Json &value = member.value;
    if (member.name == "conflict") {
        return readName<Core::ConflictRule>(value, path, conflictNames, shared.conflict);
    }
    if (member.name == "consistency") {
        return readName<Core::Consistency>(value, path, consistencyNames, shared.consistency);
    }
    if (member.name == "sensitivity") {
        return m_text.readSensitivity(value, path, shared.sensitivity);
    }
    if (member.name == "fields") {
        return m_text.eachMember(value, path,
                                 [&](const Json::Member &field, const std::string &place) { return readField(field, place, shared, own); });
    }
    if (member.name == "history_days") {
        return m_text.readNumber(value, path, 0, daysMax).map([&own](std::uint64_t days) {
            own.historyKept = std::chrono::hours(24 * days);
        });
    }
    if (member.name == "ttl") {
        return m_text.readDuration(value, path).map([&own](std::chrono::minutes ttl) { own.timeToLive = ttl; });
    }
    if (member.name == "document_bytes") {
        return m_text.readNumber(value, path, 1, Core::Limits{}.documentBytesMax).map([&own](std::uint64_t bytes) {
            own.documentBytesMax = bytes;
        });
    }
    return m_text.unknown(member, path, "conflict, consistency, sensitivity, fields, history_days, ttl and document_bytes");
}

Check Reader::readCollection(const Json::Member &collection, const std::string &path)
{
    if (auto valid = Core::validateCollectionName(collection.name, Core::Limits{}); !valid) {
        return m_text.wrong(collection.byte, path, valid.error().detail);
    }
    Core::Policy shared;
    shared.collection = collection.name;
    ServerPolicy own;
    auto read = m_text.eachMember(collection.value, path, [&](const Json::Member &member, const std::string &place) {
        return readMember(member, place, shared, own);
    });
    if (!read) {
        return read;
    }
    if (auto valid = Core::validate(shared); !valid) {
        return m_text.wrong(collection.byte, path, valid.error().detail);
    }
    if (own != ServerPolicy{}) {
        m_out.collections.emplace(collection.name, std::move(own));
    }
    m_out.shared.insert(std::move(shared));
    return {};
}

Check Reader::readQuota(const Json::Member &member, const std::string &path)
{
    std::uint64_t *target = member.name == "documents" ? &m_out.quota.documentsMax
                            : member.name == "bytes"   ? &m_out.quota.bytesMax
                                                       : nullptr;
    if (target == nullptr) {
        return m_text.unknown(member, path, "documents and bytes");
    }
    return m_text.readNumber(member.value, path, 1, numberMax).map([target](std::uint64_t number) { *target = number; });
}

Check Reader::readAlarm(const Json::Member &member, const std::string &path)
{
    if (member.name == "users") {
        return m_text.readNumber(member.value, path, 1, 10'000).map([this](std::uint64_t number) { m_out.lookUps.users = number; });
    }
    if (member.name == "minutes") {
        return m_text.readNumber(member.value, path, 1, 24 * 60).map([this](std::uint64_t number) {
            m_out.lookUps.within = std::chrono::minutes(number);
        });
    }
    return m_text.unknown(member, path, "users and minutes");
}

Check Reader::readTop(const Json::Member &member, const std::string &path)
{
    const Json &value = member.value;
    if (member.name == "version") {
        return m_text.readNumber(value, path, 1, numberMax).map([this](std::uint64_t version) { m_out.shared.setVersion(version); });
    }
    if (member.name == "collections") {
        return m_text.eachMember(
            value, path, [this](const Json::Member &collection, const std::string &place) { return readCollection(collection, place); });
    }
    if (member.name == "quotas") {
        return m_text.eachMember(value, path,
                                 [this](const Json::Member &quota, const std::string &place) { return readQuota(quota, place); });
    }
    if (member.name == "access") {
        m_out.access.rules.clear();
        m_out.access.isBuiltIn = false;
        return AccessReader(m_text).readRules(value, m_out.access.rules);
    }
    if (member.name == "operators") {
        return AccessReader(m_text).readOperators(value, m_out.access);
    }
    if (member.name == "look_ups") {
        return m_text.eachMember(value, path,
                                 [this](const Json::Member &alarm, const std::string &place) { return readAlarm(alarm, place); });
    }
    if (member.name == "approval_hours") {
        return m_text.readNumber(value, path, 1, hoursMax).map([this](std::uint64_t hours) {
            m_out.approvalLifetime = std::chrono::hours(hours);
        });
    }
    return m_text.unknown(member, path, "version, collections, quotas, operators, access, look_ups and approval_hours");
}

Check Reader::read(const Json &root)
{
    auto read = m_text.eachMember(root, {}, [this](const Json::Member &member, const std::string &path) { return readTop(member, path); });
    if (!read) {
        return read;
    }
    for (const char *name : {"version", "collections"}) {
        if (root.find(name) == nullptr) {
            return m_text.wrong(root.byte, name, "is missing; a policy file has version and collections");
        }
    }
    // Each policy carries the version of the set that it came with.
    const Core::PolicySet parsed = m_out.shared;
    for (const auto &[name, policy] : parsed.all()) {
        Core::Policy versioned = policy;
        versioned.version = parsed.version();
        m_out.shared.insert(std::move(versioned));
    }
    return {};
}

}  // namespace

Core::Result<Policies> parsePolicies(std::string_view json)
{
    if (json.size() > policyBytesMax) {
        return Core::failure(
            Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::LimitExceeded, "the policies are larger than 1 MiB"));
    }
    const auto root = Wire::readPlacedJson(json, depthMax);
    if (!root) {
        Core::Error error = root.error();
        error.detail = "policies: " + error.detail;
        return Core::failure(std::move(error));
    }
    Policies policies;
    if (auto read = Reader(json, policies).read(*root); !read) {
        return Core::failure(std::move(read.error()));
    }
    policies.text = json;
    return policies;
}

Core::Result<std::string> readPolicyFile(const std::filesystem::path &path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return Core::failure(Core::makeError(Core::ErrorCode::NotFound, Core::ErrorReason::None, "the policy file cannot be opened"));
    }
    std::string text(policyBytesMax + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    return text;
}

Core::Result<Policies> loadPolicyFile(const std::filesystem::path &path)
{
    return readPolicyFile(path).and_then([](const std::string &text) { return parsePolicies(text); });
}

}  // namespace Satchel::Server
