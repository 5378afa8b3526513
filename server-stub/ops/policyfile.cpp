// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "policyfile.h"

#include "core/limits.h"
#include "core/mutation.h"
#include "core/value.h"
#include "wire/json.h"

#include <fstream>
#include <iterator>
#include <span>

namespace Satchel::Server {

using Core::Value;

namespace {

constexpr std::size_t fileBytesMax = 1024 * 1024;

tl::unexpected<Core::Error> wrong(const std::string &member, const std::string &why)
{
    return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, "policies: " + member + ": " + why));
}

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
constexpr Name<Core::Sensitivity> sensitivityNames[] = {
    {"public", Core::Sensitivity::Public}, {"personal", Core::Sensitivity::Personal}, {"restricted", Core::Sensitivity::Restricted}};
constexpr Name<Core::FieldKind> kindNames[] = {
    {"register", Core::FieldKind::Register}, {"counter", Core::FieldKind::Counter}, {"set", Core::FieldKind::Set}};

template <typename Enum>
Core::Result<Enum> readName(const Value &value, std::span<const Name<Enum>> names, const std::string &member)
{
    const auto *text = value.as<std::string>();
    std::string allowed;
    for (const Name<Enum> &name : names) {
        if (text != nullptr && *text == name.text) {
            return name.value;
        }
        allowed += (allowed.empty() ? "\"" : ", \"") + std::string(name.text) + "\"";
    }
    return wrong(member, "must be one of " + allowed);
}

Core::Result<void> readFields(const Value &value, Core::Policy &policy, const std::string &member)
{
    const auto *fields = value.as<Value::Map>();
    if (fields == nullptr) {
        return wrong(member, "must be an object");
    }
    for (const Value::MapEntry &entry : *fields) {
        const auto kind = readName<Core::FieldKind>(entry.value, kindNames, member + "." + entry.key);
        if (!kind) {
            return Core::failure(kind.error());
        }
        if (*kind != Core::FieldKind::Register) {
            policy.fieldKinds.emplace(entry.key, *kind);
        }
    }
    return {};
}

template <typename Enum>
Core::Result<void> assign(Enum &target, const Value &value, std::span<const Name<Enum>> names, const std::string &member)
{
    const auto read = readName<Enum>(value, names, member);
    if (!read) {
        return Core::failure(read.error());
    }
    target = *read;
    return {};
}

Core::Result<void> readMember(const Value::MapEntry &entry, Core::Policy &policy, const std::string &member)
{
    if (entry.key == "conflict") {
        return assign<Core::ConflictRule>(policy.conflict, entry.value, conflictNames, member);
    }
    if (entry.key == "consistency") {
        return assign<Core::Consistency>(policy.consistency, entry.value, consistencyNames, member);
    }
    if (entry.key == "sensitivity") {
        return assign<Core::Sensitivity>(policy.sensitivity, entry.value, sensitivityNames, member);
    }
    if (entry.key == "fields") {
        return readFields(entry.value, policy, member);
    }
    return wrong(member, "is not known; there are conflict, consistency, sensitivity and fields");
}

Core::Result<Core::Policy> readPolicy(const Value::MapEntry &collection, std::uint64_t version)
{
    const std::string member = "collections." + collection.key;
    if (auto valid = Core::validateCollectionName(collection.key, Core::Limits{}); !valid) {
        return wrong(member, valid.error().detail);
    }
    const auto *members = collection.value.as<Value::Map>();
    if (members == nullptr) {
        return wrong(member, "must be an object");
    }
    Core::Policy policy;
    policy.collection = collection.key;
    policy.version = version;
    for (const Value::MapEntry &entry : *members) {
        if (auto read = readMember(entry, policy, member + "." + entry.key); !read) {
            return Core::failure(read.error());
        }
    }
    if (auto valid = Core::validate(policy); !valid) {
        return wrong(member, valid.error().detail);
    }
    return policy;
}

}  // namespace

Core::Result<Core::PolicySet> parsePolicies(std::string_view json)
{
    const auto root = Wire::valueFromJson(json);
    if (!root) {
        return wrong("the file", root.error().detail);
    }
    const auto *members = root->as<Value::Map>();
    if (members == nullptr) {
        return wrong("the file", "must be an object with version and collections");
    }
    for (const Value::MapEntry &entry : *members) {
        if (entry.key != "version" && entry.key != "collections") {
            return wrong(entry.key, "is not known; there are version and collections");
        }
    }
    const Value *version = root->find("version");
    const auto *number = version != nullptr ? version->as<std::int64_t>() : nullptr;
    if (number == nullptr || *number < 1) {
        return wrong("version", "must be a positive integer");
    }
    const Value *collections = root->find("collections");
    const auto *entries = collections != nullptr ? collections->as<Value::Map>() : nullptr;
    if (entries == nullptr) {
        return wrong("collections", "must be an object");
    }
    Core::PolicySet policies;
    policies.setVersion(static_cast<std::uint64_t>(*number));
    for (const Value::MapEntry &entry : *entries) {
        auto policy = readPolicy(entry, policies.version());
        if (!policy) {
            return Core::failure(std::move(policy.error()));
        }
        policies.insert(std::move(*policy));
    }
    return policies;
}

Core::Result<Core::PolicySet> loadPolicyFile(const std::filesystem::path &path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return Core::failure(Core::makeError(Core::ErrorCode::NotFound, Core::ErrorReason::None, "the policy file cannot be opened"));
    }
    std::string text(fileBytesMax + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > fileBytesMax) {
        return Core::failure(
            Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::LimitExceeded, "the policy file is larger than 1 MiB"));
    }
    return parsePolicies(text);
}

}  // namespace Satchel::Server
