// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "core/value.h"
#include "wire/adminmessages.h"

#include <QString>
#include <QUrl>

#include <map>
#include <string>
#include <vector>

namespace Satchel::Test {

/// What the server says it holds, asked as an operator would: by the admin services. Blocks in a local event loop.
class ServerView {
public:
    /// `token` needs the role support.
    ServerView(QUrl server, QString token);

    /// Shown fields of every document that exists, by "collection/key".
    [[nodiscard]] Core::Result<std::map<std::string, Core::Value>> documents(const std::string &user) const;
    [[nodiscard]] Core::Result<std::vector<Wire::Admin::Conflict>> conflicts(const std::string &user, Wire::Admin::ConflictKind kind) const;
    [[nodiscard]] Core::Result<Wire::Admin::UsersGetResponse> user(const std::string &user) const;

private:
    template <typename Response, typename Request>
    [[nodiscard]] Core::Result<Response> ask(const char *method, const Request &request) const;

    QUrl m_server;
    QString m_token;
};

}  // namespace Satchel::Test
