// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/policy.h"
#include "core/result.h"
#include "server-stub/admin/pagetoken.h"
#include "server-stub/auth/identity.h"
#include "server-stub/store/adminview.h"
#include "server-stub/sync/hub.h"
#include "server-stub/sync/pushpipeline.h"
#include "wire/admincodec.h"

#include <memory>
#include <string>
#include <string_view>

namespace Satchel::Server {

/// What commands work with besides the store.
struct AdminContext {
    PageTokens tokens;
    std::shared_ptr<const Core::PolicySet> policies;
    Hub &hub;
    PushPipeline &pipeline;
};

/// One method of the admin services. Thread-safe: many calls run at once.
class AdminCommand {
public:
    virtual ~AdminCommand() = default;
    /// "Users/List": the path behind /satchel.v1.
    [[nodiscard]] virtual std::string_view name() const = 0;
    /// The encoded answer to an encoded request.
    [[nodiscard]] virtual Core::Result<std::string> run(const Identity &caller, std::string_view body, Wire::Admin::Format format,
                                                        AdminView &view) const = 0;
};

/// Decodes and encodes around a command proper. Everything that a command reads is of the caller's tenant.
template <typename Request, typename Response>
class UnaryCommand : public AdminCommand {
public:
    explicit UnaryCommand(const AdminContext &context)
        : m_context(context)
    {
    }

    [[nodiscard]] Core::Result<std::string> run(const Identity &caller, std::string_view body, Wire::Admin::Format format,
                                                AdminView &view) const final
    {
        auto request = Wire::Admin::decode<Request>(body, format);
        if (!request) {
            return Core::failure(std::move(request.error()));
        }
        auto response = handle(caller, *request, view);
        if (!response) {
            return Core::failure(std::move(response.error()));
        }
        return Wire::Admin::encode(*response, format);
    }

protected:
    [[nodiscard]] virtual Core::Result<Response> handle(const Identity &caller, const Request &request, AdminView &view) const = 0;

    const AdminContext &m_context;
};

[[nodiscard]] Core::Error notFound(std::string detail);

}  // namespace Satchel::Server
