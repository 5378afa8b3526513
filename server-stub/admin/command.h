// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "audit/signednote.h"
#include "core/policy.h"
#include "core/result.h"
#include "server-stub/admin/lookupwatch.h"
#include "server-stub/admin/pagetoken.h"
#include "server-stub/admin/policykeeper.h"
#include "server-stub/auth/action.h"
#include "server-stub/auth/identity.h"
#include "server-stub/auth/mask.h"
#include "server-stub/ops/gatekeeper.h"
#include "server-stub/ops/random.h"
#include "server-stub/store/adminview.h"
#include "server-stub/sync/hub.h"
#include "server-stub/sync/pushpipeline.h"
#include "wire/admincodec.h"
#include "wire/auditrecord.h"
#include "wire/rightsmessages.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace Satchel::Server {

/// One call, and the record that it leaves.
struct AdminCall {
    Identity caller;
    std::string body;
    Wire::Admin::Format format = Wire::Admin::Format::Protobuf;
    std::chrono::milliseconds now{0};
    Wire::AuditRecord record;
    bool hasReason = false;                           ///< the caller says why
    bool isUnmaskWanted = false;                      ///< the caller asks for restricted values
    std::optional<Access> access;                     ///< the rules in force when the call came
    std::shared_ptr<const Core::PolicySet> policies;  ///< likewise how collections behave
    Mask mask;                                        ///< asked before a value is shown
    bool isRecorded = false;                          ///< the record went to the pipeline with the change that it is of
};

/// What commands work with besides the store.
struct AdminContext {
    PageTokens tokens;
    const Audit::Signer &signer;  ///< of the heads of audit logs
    std::uint64_t epoch = 0;
    PolicyKeeper &policies;
    Hub &hub;
    PushPipeline &pipeline;
    Gatekeeper &gate;
    Random &random;
    std::chrono::milliseconds queryTimeMax{10'000};
    std::shared_ptr<LookUpWatch> lookUps = std::make_shared<LookUpWatch>();
    std::function<Core::Result<Wire::Admin::BackupsCreateResponse>()> backup{};  ///< none: the server makes none
};

/// One method of the admin services. Thread-safe: many calls run at once.
class AdminCommand {
public:
    virtual ~AdminCommand() = default;
    /// "Users/List": the path behind /satchel.v1.
    [[nodiscard]] virtual std::string_view name() const = 0;
    /// What the caller must be allowed to do.
    [[nodiscard]] virtual Action action() const = 0;
    /// A call that is about no one user leaves out, one by one, the users whom the caller may not see (isHidden below).
    [[nodiscard]] virtual bool leavesOutUsers() const { return false; }
    /// A call that names a user counts as a look at that user (docs/policies.md, "Look-ups").
    [[nodiscard]] virtual bool isLookingAtUser() const { return isReading(action()); }
    /// The encoded answer to the call's encoded request; adds to the record whom the request concerns.
    [[nodiscard]] virtual Core::Result<std::string> run(AdminCall &call, AdminView &view) const = 0;
};

/// Cuts what a request says to lengths that a record keeps; the request's hash stands for the rest.
void bound(Wire::AuditPersonal &record);

/// Whom and what a call names, in full: its record may have it cut.
struct CallTarget {
    std::string user;        ///< empty: no one user
    std::string collection;  ///< empty: no one collection
};

/// As in permission.h.
[[nodiscard]] Core::Result<void> permit(const AdminCommand &command, const AdminContext &context, AdminCall &call, const CallTarget &target,
                                        AdminView &view);

/// Whether a list leaves out the rows of a user of the caller's tenant.
[[nodiscard]] Core::Result<bool> isHidden(const std::string &user, const AdminCall &call, AdminView &view);
/// The call's mask for values of one user of the caller's tenant, in a list of many.
[[nodiscard]] Core::Result<Mask> maskOf(const std::string &user, const AdminCall &call, AdminView &view);

/// Decodes, decides by the rules in force, and encodes around a command proper. Everything that a command reads is of the caller's tenant.
template <typename Request, typename Response>
class UnaryCommand : public AdminCommand {
public:
    explicit UnaryCommand(const AdminContext &context)
        : m_context(context)
    {
    }

    [[nodiscard]] Core::Result<std::string> run(AdminCall &call, AdminView &view) const final
    {
        auto request = Wire::Admin::decode<Request>(call.body, call.format);
        if (!request) {
            return Core::failure(std::move(request.error()));
        }
        nameTarget(*request, call.record.personal);
        const std::string user = call.record.personal.user;
        const std::string collection = call.record.personal.collection;
        bound(call.record.personal);
        if (auto permitted = permit(*this, m_context, call, {user, collection}, view); !permitted) {
            return Core::failure(std::move(permitted.error()));
        }
        auto response = handle(call, *request, view);
        if (!response) {
            return Core::failure(std::move(response.error()));
        }
        return encode(*response, call.format);
    }

protected:
    /// Says in the record which user, collection, key and device the request is about.
    virtual void nameTarget(const Request &request, Wire::AuditPersonal &record) const = 0;
    [[nodiscard]] virtual Core::Result<Response> handle(AdminCall &call, const Request &request, AdminView &view) const = 0;

    const AdminContext &m_context;
};

[[nodiscard]] Core::Error notFound(std::string detail);

}  // namespace Satchel::Server
