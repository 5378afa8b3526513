// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include <Satchel/error.h>

#include "error_p.h"

namespace Satchel {

class ErrorData : public QSharedData {
public:
    Error::Code code = Error::Code::Unknown;
    Error::Reason reason = Error::Reason::None;
    Error::Retry retry = Error::Retry::Never;
    QString message;
    std::chrono::milliseconds retryAfter{0};
};

static_assert(int(Error::Code::Cancelled) == int(Core::ErrorCode::Cancelled));
static_assert(int(Error::Code::Unauthenticated) == int(Core::ErrorCode::Unauthenticated));
static_assert(int(Error::Reason::NotRepresentable) == int(Core::ErrorReason::NotRepresentable));
static_assert(int(Error::Reason::WrongKey) == int(Core::ErrorReason::WrongKey));
static_assert(int(Error::Reason::HistoryExpired) == int(Core::ErrorReason::HistoryExpired));
static_assert(int(Error::Retry::AfterChange) == int(Core::Retry::AfterChange));

Error::Error()
    : d(new ErrorData)
{
}

Error::Error(Code code, Reason reason, const QString &message, Retry retry, std::chrono::milliseconds retryAfter)
    : d(new ErrorData)
{
    d->code = code;
    d->reason = reason;
    d->message = message;
    d->retry = retry;
    d->retryAfter = retryAfter;
}

Error::Error(const Error &other) = default;
Error::Error(Error &&other) noexcept = default;
Error &Error::operator=(const Error &other) = default;
Error &Error::operator=(Error &&other) noexcept = default;
Error::~Error() = default;

Error::Code Error::code() const
{
    return d->code;
}

Error::Reason Error::reason() const
{
    return d->reason;
}

QString Error::message() const
{
    return d->message;
}

Error::Retry Error::retry() const
{
    return d->retry;
}

bool Error::isRetryable() const
{
    return d->retry != Retry::Never;
}

std::chrono::milliseconds Error::retryAfter() const
{
    return d->retryAfter;
}

QString Error::id() const
{
    return QStringLiteral("SAT-%1").arg(int(d->reason), 4, 10, QLatin1Char('0'));
}

QString Error::codeName() const
{
    const std::string_view name = Core::codeName(static_cast<Core::ErrorCode>(d->code));
    return QString::fromUtf8(name.data(), qsizetype(name.size()));
}

QString Error::reasonName() const
{
    const std::string_view name = Core::reasonName(static_cast<Core::ErrorReason>(d->reason));
    return QString::fromUtf8(name.data(), qsizetype(name.size()));
}

QString Error::toString() const
{
    QString text = codeName();
    if (d->reason != Reason::None) {
        text += u'/' + reasonName();
    }
    return d->message.isEmpty() ? text : text + QLatin1String(": ") + d->message;
}

bool operator==(const Error &a, const Error &b)
{
    return a.d == b.d || (a.d->code == b.d->code && a.d->reason == b.d->reason && a.d->retry == b.d->retry &&
                          a.d->message == b.d->message && a.d->retryAfter == b.d->retryAfter);
}

Error fromCore(const Core::Error &error)
{
    return Error(static_cast<Error::Code>(error.code), static_cast<Error::Reason>(error.reason), QString::fromStdString(error.detail),
                 static_cast<Error::Retry>(error.retry), error.retryAfter);
}

Core::Error toCore(const Error &error)
{
    return Core::Error{static_cast<Core::ErrorCode>(error.code()), static_cast<Core::ErrorReason>(error.reason()),
                       error.message().toStdString(), static_cast<Core::Retry>(error.retry()), error.retryAfter()};
}

}  // namespace Satchel
