// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "connectionstatus.h"

#include "session.h"

#include "widgets/errortext.h"
#include "widgets/labels.h"
#include "widgets/timetext.h"
#include "widgets/visibletext.h"

#include <QHBoxLayout>
#include <QPainter>

namespace Satchel::Console {

namespace {

constexpr int dotSize = 8;
constexpr int marginLeft = 16;

}  // namespace

ConnectionWords describeConnection(const Session &session)
{
    const auto tr = [](const char *text) { return ConnectionStatus::tr(text); };
    const ErrorText error = session.error() ? describeError(*session.error()) : ErrorText();
    switch (session.state()) {
    case Session::State::NotConnected:
        return {Tone::Muted, tr("Not connected"), tr("Not connected to a server."), tr("Connect…")};
    case Session::State::Connecting:
        return {Tone::Muted, tr("Connecting…"), {}, {}};
    case Session::State::Connected:
        return {Tone::Good, tr("Connected"), {}, {}};
    case Session::State::SignedOut:
        return {Tone::Danger, tr("Signed out"), error.title + QStringLiteral(". ") + error.hint, tr("Connect…")};
    case Session::State::Unreachable: {
        const QString seen = session.lastAnswer().count() == 0
                                 ? QString()
                                 : tr(" What you see is from %1 and may be out of date.").arg(clockTime(session.lastAnswer()));
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(session.untilRetry()).count();
        const QString next = seconds > 0 ? tr(" Trying again in %1 s.").arg(seconds) : tr(" Trying again…");
        return {Tone::Warning, tr("Server not reachable"), error.title + u'.' + seen + next, tr("Try now")};
    }
    }
    return {};
}

ConnectionStatus::ConnectionStatus(QWidget *parent)
    : QWidget(parent)
    , m_state(makeLabel({}, TextUse::SmallPlain, this))
    , m_server(makeLabel({}, TextUse::Small, this))
    , m_operator(makeLabel({}, TextUse::Small, this))
    , m_latency(makeLabel({}, TextUse::Small, this))
{
    m_state->setAccessibleName(tr("State of the connection"));
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(marginLeft + dotSize + 8, 4, 16, 4);
    layout->setSpacing(24);
    layout->addWidget(m_state);
    layout->addWidget(m_server);
    layout->addWidget(m_operator);
    layout->addStretch(1);
    layout->addWidget(m_latency);
}

void ConnectionStatus::show(const Session &session)
{
    const ConnectionWords words = describeConnection(session);
    m_tone = words.tone;
    m_state->setText(words.state);
    m_server->setText(visibleLine(session.serverName(), 120));
    const SignedIn &who = session.signedIn();
    m_operator->setText(who.operatorId.isEmpty() ? QString()
                                                 : tr("%1 in tenant %2").arg(visibleLine(who.operatorId, 60), visibleLine(who.tenant, 60)));
    m_latency->setText(session.state() == Session::State::Connected ? tr("Answered in %1").arg(spanText(session.latency())) : QString());
    update();
}

QString ConnectionStatus::text() const
{
    return m_state->text();
}

void ConnectionStatus::paintEvent(QPaintEvent * /*event*/)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(Tokens::of(palette()).ink(m_tone));
    painter.drawEllipse(marginLeft, (height() - dotSize) / 2, dotSize, dotSize);
}

}  // namespace Satchel::Console
