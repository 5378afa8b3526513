// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "rules.h"

#include "wire/codec.h"

#include <array>
#include <string_view>
#include <utility>

namespace Satchel::Sync {
namespace {

struct NamedLimit {
    std::string_view name;
    std::size_t Core::Limits::*member;
};

constexpr std::array namedLimits{
    NamedLimit{"document_bytes_max", &Core::Limits::documentBytesMax},
    NamedLimit{"field_count_max", &Core::Limits::fieldCountMax},
    NamedLimit{"key_bytes_max", &Core::Limits::keyBytesMax},
    NamedLimit{"collection_bytes_max", &Core::Limits::collectionBytesMax},
    NamedLimit{"field_name_bytes_max", &Core::Limits::fieldNameBytesMax},
    NamedLimit{"mutation_bytes_max", &Core::Limits::mutationBytesMax},
    NamedLimit{"context_entries_max", &Core::Limits::contextEntriesMax},
    NamedLimit{"frame_bytes_max", &Core::Limits::frameBytesMax},
    NamedLimit{"decompressed_frame_bytes_max", &Core::Limits::decompressedFrameBytesMax},
};
constexpr std::string_view nestingName = "nesting_max";

void put(Core::Limits &limits, std::string_view name, std::int64_t value)
{
    if (value <= 0) {
        return;
    }
    if (name == nestingName) {
        limits.nestingMax = static_cast<int>(value);
        return;
    }
    for (const NamedLimit &limit : namedLimits) {
        if (limit.name == name) {
            limits.*limit.member = static_cast<std::size_t>(value);
        }
    }
}

}  // namespace

Core::Result<void> Rules::load()
{
    m_policies = {};
    m_limits = {};
    auto select = m_database.prepared("SELECT policies FROM policies WHERE id = 1");
    if (!select) {
        return Core::failure(select.error());
    }
    auto hasRow = (*select)->step();
    if (!hasRow) {
        return Core::failure(hasRow.error());
    }
    if (*hasRow) {
        auto policies = Wire::decodeStoredPolicies((*select)->blob(0));
        (*select)->reset();
        if (!policies) {
            return Core::failure(policies.error());
        }
        m_policies = std::move(*policies);
    }
    auto limits = m_database.prepared("SELECT name, value FROM limits");
    if (!limits) {
        return Core::failure(limits.error());
    }
    while (true) {
        auto hasLimit = (*limits)->step();
        if (!hasLimit) {
            return Core::failure(hasLimit.error());
        }
        if (!*hasLimit) {
            break;
        }
        put(m_limits, (*limits)->text(0), (*limits)->int64(1));
    }
    (*limits)->reset();
    return {};
}

Core::Limits Rules::limitsFrom(const std::vector<std::pair<std::string, std::int64_t>> &rows)
{
    Core::Limits limits;
    for (const auto &[name, value] : rows) {
        put(limits, name, value);
    }
    return limits;
}

Core::Result<void> Rules::savePolicies(Core::PolicySet policies)
{
    m_policies = std::move(policies);
    auto upsert = m_database.prepared("INSERT OR REPLACE INTO policies(id, policies) VALUES(1, ?)");
    if (!upsert) {
        return Core::failure(upsert.error());
    }
    const std::string bytes = Wire::encode(m_policies);
    (*upsert)->bindBlob(0, bytes);
    return (*upsert)->run();
}

Core::Result<void> Rules::saveLimits(const Core::Limits &limits)
{
    m_limits = limits;
    const auto save = [this](std::string_view name, std::int64_t value) -> Core::Result<void> {
        auto upsert = m_database.prepared("INSERT OR REPLACE INTO limits(name, value) VALUES(?, ?)");
        if (!upsert) {
            return Core::failure(upsert.error());
        }
        (*upsert)->bind(0, name).bind(1, value);
        return (*upsert)->run();
    };
    for (const NamedLimit &limit : namedLimits) {
        if (auto done = save(limit.name, static_cast<std::int64_t>(m_limits.*limit.member)); !done) {
            return done;
        }
    }
    return save(nestingName, m_limits.nestingMax);
}

}  // namespace Satchel::Sync
