// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "adminclient.h"

#include "httpcall.h"

#include "http/postonce.h"
#include "wire/admincodec.h"
#include "wire/json.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkRequest>
#include <QPointer>
#include <QPromise>
#include <QSet>
#include <QThread>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace Satchel::Admin {

namespace {

constexpr qsizetype tokenBytesMax = 16 * 1024;

std::string_view view(const QByteArray &bytes)
{
    return {bytes.constData(), static_cast<std::size_t>(bytes.size())};
}

Core::Error notSatchel(std::string detail)
{
    return Core::makeError(Core::ErrorCode::Unavailable, Core::ErrorReason::NotSatchelServer, std::move(detail), Core::Retry::AfterChange);
}

bool isType(const QByteArray &contentType, QByteArrayView expected)
{
    return contentType.split(';').first().trimmed().compare(expected, Qt::CaseInsensitive) == 0;
}

/// The error of an answer that is not 200. Connect errors are JSON; a page of anything else comes from something between.
Core::Error errorOf(const HttpAnswer &answer)
{
    if (answer.status >= 300 && answer.status < 400) {
        return notSatchel("the server answered with a redirect, which is not followed");
    }
    Core::Error error = Wire::Admin::errorFromResponse(answer.status, view(answer.body));
    const bool isGateway = answer.status == 429 || (answer.status >= 500 && answer.status < 600);
    if (!isType(answer.contentType, "application/json") && !isGateway && answer.status != 401 && answer.status != 403) {
        return notSatchel("status " + std::to_string(answer.status) + " without a Satchel error");
    }
    if (isGateway && error.retry == Core::Retry::Never && error.code == Core::ErrorCode::Unavailable) {
        error.retry = Core::Retry::Later;
    }
    if (error.code == Core::ErrorCode::Unauthenticated && error.retry == Core::Retry::Never) {
        error.retry = Core::Retry::AfterSignIn;
    }
    return error;
}

template <typename T>
QFuture<T> finished(T value)
{
    QPromise<T> promise;
    promise.start();
    promise.addResult(std::move(value));
    promise.finish();
    return promise.future();
}

}  // namespace

struct AdminClient::Private {
    Private(ServerAddress server, AdminClientOptions limits)
        : address(std::move(server))
        , options(limits)
    {
    }

    ServerAddress address;
    AdminClientOptions options;
    QByteArray token;
    QNetworkAccessManager network;
    QSet<HttpCall *> calls;

    [[nodiscard]] QNetworkRequest request(const QString &path, const QByteArray &contentType) const;
    void post(const QNetworkRequest &request, const QByteArray &body, HttpCall::Done done);
    template <typename Response, typename Request>
    QFuture<Core::Result<Response>> call(const QString &method, const Request &request);
};

QNetworkRequest AdminClient::Private::request(const QString &path, const QByteArray &contentType) const
{
    QNetworkRequest request(address.at(path));
    request.setHeader(QNetworkRequest::ContentTypeHeader, contentType);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    request.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    request.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    // A compressed answer could unfold past the limit before it is seen.
    request.setRawHeader("Accept-Encoding", "identity");
    request.setRawHeader("Connect-Protocol-Version", "1");
    request.setRawHeader("Connect-Timeout-Ms", QByteArray::number(static_cast<qint64>(options.timeout.count())));
    return request;
}

void AdminClient::Private::post(const QNetworkRequest &request, const QByteArray &body, HttpCall::Done done)
{
    if (calls.size() >= options.callsInFlightMax) {
        done(Core::failure(Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::LimitExceeded, "too many calls at a time",
                                           Core::Retry::Later)));
        return;
    }
    auto holder = std::make_shared<HttpCall *>(nullptr);
    auto *call = new HttpCall(
        Http::postOnce(network, request, body), {options.timeout, options.responseBytesMax},
        [this, holder, done = std::move(done)](Core::Result<HttpAnswer> outcome) {
            calls.remove(*holder);
            done(std::move(outcome));
        },
        &network);
    *holder = call;
    calls.insert(call);
}

template <typename Response, typename Request>
QFuture<Core::Result<Response>> AdminClient::Private::call(const QString &method, const Request &message)
{
    using Wire::Admin::Format;
    if (token.isEmpty()) {
        return finished<Core::Result<Response>>(Core::failure(Core::makeError(
            Core::ErrorCode::Unauthenticated, Core::ErrorReason::TokenMissing, "no token is set", Core::Retry::AfterSignIn)));
    }
    QNetworkRequest httpRequest = request(u"/satchel.v1."_s + method, "application/proto"_ba);
    httpRequest.setRawHeader("Authorization", "Bearer " + token);
    auto promise = std::make_shared<QPromise<Core::Result<Response>>>();
    promise->start();
    post(httpRequest, QByteArray::fromStdString(Wire::Admin::encode(message, Format::Protobuf)),
         [promise](Core::Result<HttpAnswer> outcome) {
             auto result = std::move(outcome).and_then([](HttpAnswer answer) -> Core::Result<Response> {
                 if (answer.status != 200) {
                     return Core::failure(errorOf(answer));
                 }
                 if (!isType(answer.contentType, "application/proto")) {
                     return Core::failure(notSatchel("the answer is not a Satchel message"));
                 }
                 return Wire::Admin::decode<Response>(view(answer.body), Format::Protobuf).map_error([](Core::Error error) {
                     error.code = Core::ErrorCode::Internal;
                     return error;
                 });
             });
             promise->addResult(std::move(result));
             promise->finish();
         });
    return promise->future();
}

AdminClient::AdminClient(ServerAddress address, AdminClientOptions options, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<Private>(std::move(address), options))
{
    if (d->address.isLoopback()) {
        d->network.setProxy(QNetworkProxy(QNetworkProxy::NoProxy));
    }
}

AdminClient::~AdminClient()
{
    cancelAll();
}

const ServerAddress &AdminClient::address() const
{
    return d->address;
}

Core::Result<void> AdminClient::setToken(const QByteArray &token)
{
    const bool isPrintable = std::ranges::all_of(token, [](char c) { return c > 0x20 && c < 0x7f; });
    if (token.isEmpty() || token.size() > tokenBytesMax || !isPrintable) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, "the token is empty, too long or holds white space"));
    }
    d->token = token;
    return {};
}

bool AdminClient::hasToken() const
{
    return !d->token.isEmpty();
}

QFuture<Core::Result<Wire::Admin::UsersListResponse>> AdminClient::usersList(const Wire::Admin::UsersListRequest &request)
{
    Q_ASSERT(QThread::currentThread() == thread());
    return d->call<Wire::Admin::UsersListResponse>(u"Users/List"_s, request);
}

QFuture<Core::Result<Wire::Admin::UsersGetResponse>> AdminClient::usersGet(const Wire::Admin::UsersGetRequest &request)
{
    Q_ASSERT(QThread::currentThread() == thread());
    return d->call<Wire::Admin::UsersGetResponse>(u"Users/Get"_s, request);
}

QFuture<Core::Result<Wire::Admin::StateListDocumentsResponse>>
AdminClient::stateListDocuments(const Wire::Admin::StateListDocumentsRequest &request)
{
    Q_ASSERT(QThread::currentThread() == thread());
    return d->call<Wire::Admin::StateListDocumentsResponse>(u"State/ListDocuments"_s, request);
}

QFuture<Core::Result<Wire::Admin::StateGetDocumentResponse>>
AdminClient::stateGetDocument(const Wire::Admin::StateGetDocumentRequest &request)
{
    Q_ASSERT(QThread::currentThread() == thread());
    return d->call<Wire::Admin::StateGetDocumentResponse>(u"State/GetDocument"_s, request);
}

QFuture<Core::Result<Wire::Admin::ConflictsListResponse>> AdminClient::conflictsList(const Wire::Admin::ConflictsListRequest &request)
{
    Q_ASSERT(QThread::currentThread() == thread());
    return d->call<Wire::Admin::ConflictsListResponse>(u"Conflicts/List"_s, request);
}

QFuture<Core::Result<QByteArray>> AdminClient::devToken(const DevTokenRequest &request)
{
    Q_ASSERT(QThread::currentThread() == thread());
    if (!d->address.isLoopback()) {
        return finished<Core::Result<QByteArray>>(
            Core::failure(Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::PolicyDenied,
                                          "development tokens are for loopback servers only", Core::Retry::AfterChange)));
    }
    const QJsonObject body{{u"sub"_s, request.operatorId},
                           {u"tenant"_s, request.tenant},
                           {u"roles"_s, QJsonArray::fromStringList(request.roles)},
                           {u"expires_in"_s, static_cast<qint64>(request.lifetime.count())}};
    auto promise = std::make_shared<QPromise<Core::Result<QByteArray>>>();
    promise->start();
    d->post(d->request(u"/v1/dev/token"_s, "application/json"_ba), QJsonDocument(body).toJson(QJsonDocument::Compact),
            [promise](Core::Result<HttpAnswer> outcome) {
                auto result = std::move(outcome).and_then([](const HttpAnswer &answer) -> Core::Result<QByteArray> {
                    if (answer.status != 200) {
                        return Core::failure(errorOf(answer));
                    }
                    const auto issued = Wire::valueFromJson(answer.body.toStdString());
                    const Core::Value *member = issued ? issued->find("token") : nullptr;
                    const auto *token = member != nullptr ? member->as<std::string>() : nullptr;
                    if (token == nullptr || token->empty()) {
                        return Core::failure(notSatchel("the token issuer's answer holds no token"));
                    }
                    return QByteArray::fromStdString(*token);
                });
                promise->addResult(std::move(result));
                promise->finish();
            });
    return promise->future();
}

void AdminClient::cancelAll()
{
    const QSet<HttpCall *> calls = d->calls;
    for (HttpCall *call : calls) {
        call->cancel();
    }
}

int AdminClient::callsInFlight() const
{
    return static_cast<int>(d->calls.size());
}

}  // namespace Satchel::Admin
