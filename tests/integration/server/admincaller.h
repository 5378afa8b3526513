// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "serverrig.h"

#include "wire/admincodec.h"

#include <string>
#include <vector>

namespace Satchel::Test {

/// Calls the admin services of a rig as an operator of its default tenant.
class AdminCaller {
public:
    explicit AdminCaller(ServerRig &rig, std::string operatorId = "op")
        : m_rig(rig)
        , m_operator(std::move(operatorId))
    {
    }

    /// `method`: "Users/List".
    template <typename Response, typename Request>
    [[nodiscard]] Core::Result<Response> call(const char *method, const Request &request,
                                              const std::vector<std::string> &roles = {"support", "admin", "auditor"})
    {
        const std::string body = Wire::Admin::encode(request, Wire::Admin::Format::Protobuf);
        const HttpResult result = m_http.post(m_rig.url(QStringLiteral("/satchel.v1.") + QString::fromLatin1(method)),
                                              QByteArray::fromStdString(body), "application/proto", m_rig.token(m_operator, roles));
        const std::string_view answer(result.body.constData(), static_cast<std::size_t>(result.body.size()));
        if (result.status != 200) {
            return Core::failure(Wire::Admin::errorFromResponse(result.status, answer));
        }
        return Wire::Admin::decode<Response>(answer, Wire::Admin::Format::Protobuf);
    }

private:
    ServerRig &m_rig;
    std::string m_operator;
    HttpCaller m_http;
};

}  // namespace Satchel::Test
