// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "support/serverview.h"

#include "support/serverprocess.h"
#include "wire/admincodec.h"

namespace Satchel::Test {

using namespace Wire::Admin;

ServerView::ServerView(QUrl server, QString token)
    : m_server(std::move(server))
    , m_token(std::move(token))
{
}

template <typename Response, typename Request>
Core::Result<Response> ServerView::ask(const char *method, const Request &request) const
{
    QUrl url = m_server;
    url.setPath(QStringLiteral("/satchel.v1.") + QLatin1StringView(method));
    const HttpAnswer answer = post(url, QByteArray::fromStdString(encode(request, Format::Protobuf)), "application/proto", m_token);
    const std::string body = answer.body.toStdString();
    if (answer.status != 200) {
        return Core::failure(errorFromResponse(answer.status, body));
    }
    return decode<Response>(body, Format::Protobuf);
}

Core::Result<std::map<std::string, Core::Value>> ServerView::documents(const std::string &user) const
{
    std::map<std::string, Core::Value> all;
    StateListDocumentsRequest list;
    list.user = user;
    list.page.size = 500;
    do {
        const auto page = ask<StateListDocumentsResponse>("State/ListDocuments", list);
        if (!page) {
            return Core::failure(page.error());
        }
        for (const DocumentSummary &summary : page->documents) {
            StateGetDocumentRequest get;
            get.user = user;
            get.collection = summary.collection;
            get.key = summary.key;
            const auto document = ask<StateGetDocumentResponse>("State/GetDocument", get);
            if (!document) {
                return Core::failure(document.error());
            }
            Core::Value::Map fields;
            for (const FieldView &field : document->fields) {
                if (field.value) {
                    fields.push_back({field.name, *field.value});
                }
            }
            if (!fields.empty()) {
                all.emplace(summary.collection + "/" + summary.key, *Core::Value::map(std::move(fields)));
            }
        }
        list.page.token = page->nextToken;
    } while (!list.page.token.empty());
    return all;
}

Core::Result<std::vector<Conflict>> ServerView::conflicts(const std::string &user, ConflictKind kind) const
{
    std::vector<Conflict> all;
    ConflictsListRequest list;
    list.user = user;
    list.kind = kind;
    list.page.size = 500;
    do {
        auto page = ask<ConflictsListResponse>("Conflicts/List", list);
        if (!page) {
            return Core::failure(page.error());
        }
        all.insert(all.end(), page->conflicts.begin(), page->conflicts.end());
        list.page.token = page->nextToken;
    } while (!list.page.token.empty());
    return all;
}

Core::Result<UsersGetResponse> ServerView::user(const std::string &user) const
{
    UsersGetRequest get;
    get.user = user;
    return ask<UsersGetResponse>("Users/Get", get);
}

}  // namespace Satchel::Test
