// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "pushrules.h"

#include "server-stub/store/tracking.h"
#include "server-stub/sync/pushrun.h"

#include <algorithm>

namespace Satchel::Server {

using Core::ErrorCode;
using Core::ErrorReason;

namespace {

std::int64_t encodedSize(const Wire::TrackedDocument &tracked)
{
    return static_cast<std::int64_t>(Wire::encode(tracked).size());
}

std::int64_t signedOf(std::uint64_t number)
{
    return static_cast<std::int64_t>(std::min<std::uint64_t>(number, INT64_MAX));
}

Core::Error quotaError(const char *what)
{
    return Core::makeError(ErrorCode::ResourceExhausted, ErrorReason::QuotaExceeded,
                           std::string("the user's quota of ") + what + " is used up", Core::Retry::AfterChange);
}

}  // namespace

std::size_t PushRules::documentBytesMax(std::string_view collection) const
{
    const auto own = m_own->collections.find(collection);
    const std::size_t bytes = own != m_own->collections.end() ? own->second.documentBytesMax : 0;
    return bytes != 0 ? std::min(bytes, m_settings.limits.documentBytesMax) : m_settings.limits.documentBytesMax;
}

bool PushRules::fits(const Wire::TrackedDocument &tracked, std::size_t documentBytesMax) const
{
    return tracked.document.fields.size() <= m_settings.limits.fieldCountMax && Wire::encode(tracked.document).size() <= documentBytesMax;
}

Core::Result<Core::Result<Core::ApplyOutcome>> PushRules::applyWithinLimits(Run &run, const Core::Mutation &mutation,
                                                                            const Core::Policy &policy, DocumentRow &row,
                                                                            std::uint64_t seq) const
{
    const Quota &quota = m_own->quota;
    OwnerRow &owner = run.owner;
    const std::size_t bytesMax = documentBytesMax(row.id.collection);
    const std::size_t growthMax = Wire::encodedSize(mutation) + 64;
    const bool wasThere = quota.documentsMax != 0 && shownFieldCount(row.tracked.document, policy) > 0;
    const bool isNearLimit = row.stateBytesMax + growthMax > bytesMax ||
                             row.tracked.document.fields.size() + mutation.ops.size() > m_settings.limits.fieldCountMax;
    const bool isNearQuota =
        (quota.bytesMax != 0 &&
         signedOf(owner.storedBytes) + owner.grownBytesMax + static_cast<std::int64_t>(growthMax) > signedOf(quota.bytesMax)) ||
        (quota.documentsMax != 0 && !wasThere && signedOf(owner.documentCount) + owner.grownDocuments >= signedOf(quota.documentsMax));
    Core::ApplyOutcome applied;
    if (isNearLimit || isNearQuota) {
        Wire::TrackedDocument tried = row.tracked;
        applied = applyTracked(tried, mutation, policy, seq);
        if (!fits(tried, bytesMax)) {
            return Core::Result<Core::ApplyOutcome>(Core::failure(Core::makeError(ErrorCode::ResourceExhausted, ErrorReason::LimitExceeded,
                                                                                  "the document would pass its limit of bytes or fields")));
        }
        auto within = isNearQuota ? checkQuota(run, row, tried) : Core::Result<Core::Result<void>>(Core::Result<void>());
        if (!within) {
            return Core::failure(std::move(within.error()));
        }
        if (!*within) {
            return Core::Result<Core::ApplyOutcome>(Core::failure(std::move(within->error())));
        }
        owner.grownBytesMax += encodedSize(tried) - encodedSize(row.tracked);
        owner.isGrowthExact = owner.isGrowthExact && row.seq != 0;
        row.tracked = std::move(tried);
        row.stateBytesMax = Wire::encode(row.tracked).size();
    } else {
        applied = applyTracked(row.tracked, mutation, policy, seq);
        row.stateBytesMax += growthMax;
        owner.grownBytesMax += static_cast<std::int64_t>(growthMax);
        owner.isGrowthExact = false;
    }
    if (quota.documentsMax != 0) {
        owner.grownDocuments += (shownFieldCount(row.tracked.document, policy) > 0 ? 1 : 0) - (wasThere ? 1 : 0);
    }
    return Core::Result<Core::ApplyOutcome>(std::move(applied));
}

Core::Result<Core::Result<void>> PushRules::checkQuota(Run &run, const DocumentRow &row, const Wire::TrackedDocument &tried) const
{
    const Quota &quota = m_own->quota;
    const Core::Policy &policy = m_policies->of(row.id.collection);
    const auto refused = [](const char *what) { return Core::Result<void>(Core::failure(quotaError(what))); };
    const bool isMade = shownFieldCount(row.tracked.document, policy) == 0 && shownFieldCount(tried.document, policy) > 0;
    if (quota.documentsMax != 0 && isMade && signedOf(run.owner.documentCount) + run.owner.grownDocuments >= signedOf(quota.documentsMax)) {
        return refused("documents");
    }
    const std::int64_t growth = encodedSize(tried) - encodedSize(row.tracked);
    // What takes away is always taken.
    if (quota.bytesMax == 0 || growth <= 0) {
        return Core::Result<void>();
    }
    if (!run.owner.isGrowthExact) {
        auto grown = run.log.grownBytes(run.owner);
        if (!grown) {
            return Core::failure(std::move(grown.error()));
        }
        run.owner.grownBytesMax = *grown;
        run.owner.isGrowthExact = true;
    }
    if (signedOf(run.owner.storedBytes) + run.owner.grownBytesMax + growth > signedOf(quota.bytesMax)) {
        return refused("bytes");
    }
    return Core::Result<void>();
}

}  // namespace Satchel::Server
