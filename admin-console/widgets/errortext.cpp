// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "errortext.h"

#include "visibletext.h"

#include <QCoreApplication>

namespace Satchel::Console {

namespace {

using Core::ErrorCode;
using Core::ErrorReason;
using Kind = ErrorText::Kind;

QString tr(const char *text)
{
    return QCoreApplication::translate("ErrorText", text);
}

ErrorText unreachableText(const Core::Error &error)
{
    switch (error.reason) {
    case ErrorReason::NotSatchelServer:
        return {Kind::Unreachable,
                tr("Something else answered"),
                tr("The address leads to another program, a proxy or a sign-in page. Check the address and the network."),
                {}};
    case ErrorReason::NetworkTimeout:
        return {
            Kind::Unreachable, tr("No answer in time"), tr("The server or the network is slow. The console tries again by itself."), {}};
    case ErrorReason::Overloaded:
        return {Kind::Unreachable, tr("The server is busy"), tr("It asked for patience. The console tries again by itself."), {}};
    default:
        return {Kind::Unreachable,
                tr("The server cannot be reached"),
                tr("Check that it runs and that this computer is online. The console tries again by itself."),
                {}};
    }
}

ErrorText textOf(const Core::Error &error)
{
    if (isUnreachable(error)) {
        return unreachableText(error);
    }
    switch (error.code) {
    case ErrorCode::PermissionDenied:
        return {Kind::Refused,
                tr("You may not see this"),
                error.reason == ErrorReason::RoleMissing
                    ? tr("Your account lacks the role for it. Ask an administrator for “support”, or connect with another token.")
                    : tr("A policy keeps it from your account. Ask an administrator if you need it."),
                {}};
    case ErrorCode::Unauthenticated:
        return {Kind::SignedOut,
                error.reason == ErrorReason::TokenExpired ? tr("Your session has ended") : tr("The server does not accept the token"),
                tr("Connect again with a fresh token."),
                {}};
    case ErrorCode::NotFound:
        return {Kind::NotThere, tr("It is not there"), tr("It may have been erased since the list was made. Refresh to see."), {}};
    case ErrorCode::Unimplemented:
        return {Kind::Failed, tr("The server cannot do this"), tr("It is older than this console, or the service is switched off."), {}};
    case ErrorCode::ResourceExhausted:
        return {Kind::Failed, tr("Too much at once"), tr("Narrow the filter, or wait a moment and refresh."), {}};
    case ErrorCode::InvalidArgument:
        return {Kind::Failed, tr("The server did not understand the request"), tr("Change the filter and try again."), {}};
    default:
        return {Kind::Failed, tr("That did not work"), tr("Refresh to try again. The technical detail below helps in a report."), {}};
    }
}

}  // namespace

ErrorText describeError(const Core::Error &error)
{
    ErrorText text = textOf(error);
    text.technical = visibleLine(fromUtf8(Core::describe(error)));
    return text;
}

bool isUnreachable(const Core::Error &error)
{
    return error.code == ErrorCode::Unavailable || error.reason == ErrorReason::NetworkTimeout ||
           error.reason == ErrorReason::NetworkUnreachable || error.reason == ErrorReason::NotSatchelServer;
}

}  // namespace Satchel::Console
