// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/store/store.h"
#include "server-stub/sync/pushrules.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Satchel::Server {

/// A mutation that an operator wants, before it has a name and a time.
struct OperatorDraft {
    Core::UserId user;
    Core::DocumentId document;
    std::vector<Core::Op> ops;
    Core::Scope scope = Core::Scope::Fields;
    Core::VersionVector context;  ///< what the operator has seen
    /// The document's latest event as the operator saw it: another one has come, and nothing is written.
    std::optional<std::uint64_t> seenSeq = std::nullopt;

    enum class Siblings : std::uint8_t {
        Any,      ///< not asked for
        SomeOf,   ///< at least one of them is there still
        Exactly,  ///< they are all that there are
    };
    Siblings siblings = Siblings::Any;
    std::string field = {};  ///< whose siblings
    std::vector<Core::Dot> seen = {};

    enum class Stamp : std::uint8_t {
        Now,
        JustBehindSeen,  ///< the least that a write may have that has seen the document: whoever has not seen that state wins over this
    };
    Stamp stamp = Stamp::Now;
};

/// All of it in one transaction, with its record.
struct OperatorRequest {
    enum class Writer : std::uint8_t {
        Operator,
        Server,  ///< by itself; `operatorId` says for what. Nobody can revoke it
    };
    std::string tenant;
    std::string operatorId;
    std::vector<OperatorDraft> drafts;
    /// Of the answer when something is not as the operator saw it: ABORTED, or FAILED_PRECONDITION behind a dry run.
    Core::ErrorCode changedCode = Core::ErrorCode::Aborted;
    Wire::AuditRecord record{};
    Writer writer = Writer::Operator;
};

struct OperatorOutcome {
    struct Write {
        std::uint64_t seq = 0;  ///< 0: refused
        std::optional<Core::Error> refusal;
    };
    struct Grown {
        Core::UserId user;
        std::uint64_t head = 0;
        Core::DeviceId by;
    };
    std::vector<Write> writes;  ///< of each draft
    std::vector<Grown> grown;
};

using OperatorAnswer = Core::Result<OperatorOutcome>;

/// Name of an operator in the list of a user's devices.
[[nodiscard]] std::string operatorDeviceName(const std::string &operatorId);
/// Name of what the server writes by itself.
[[nodiscard]] std::string serverWriterName(std::string_view purpose);
/// docs/decisions/0001. `attempt`: counts up where a device of the user's has the id before it.
[[nodiscard]] Core::DeviceId operatorDevice(const std::string &tenant, const std::string &operatorId, unsigned attempt = 0);

/// Operators write as devices do: with counters, contexts, stamps and the rules of the collection; only the device is the server's own.
class OperatorWrites {
public:
    OperatorWrites(const PushRules &rules, const Core::PolicySet &policies)
        : m_rules(rules)
        , m_policies(policies)
    {
    }

    /// The outer error is the store's. Inner ones, when nothing was written: the request's `changedCode` with what has changed,
    /// PERMISSION_DENIED/DEVICE_REVOKED if the operator's device was revoked, and what PushRules refuses mutations for.
    [[nodiscard]] Core::Result<OperatorAnswer> process(WriteTransaction &log, const OperatorRequest &request, Core::HlcClock &clock,
                                                       std::chrono::milliseconds now) const;

private:
    [[nodiscard]] Core::Result<Core::Result<void>> check(WriteTransaction &log, const OperatorRequest &request,
                                                         std::chrono::milliseconds now) const;
    [[nodiscard]] Core::Result<Core::Result<DeviceRow *>> deviceOf(WriteTransaction &log, OwnerRow &owner, const OperatorRequest &request,
                                                                   std::chrono::milliseconds now) const;
    [[nodiscard]] Core::Mutation mutationOf(const OperatorDraft &draft, const DeviceRow &device, const DocumentRow &row,
                                            Core::Hlc stamp) const;

    const PushRules &m_rules;
    const Core::PolicySet &m_policies;
};

}  // namespace Satchel::Server
