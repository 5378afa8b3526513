// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "viewstack.h"

#include "icons.h"
#include "labels.h"
#include "pagedmodel.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPushButton>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace Satchel::Console {

namespace {

constexpr int pictureSize = 40;
constexpr int messageWidthMax = 400;

}  // namespace

ViewStack::ViewStack(QWidget *view, QWidget *parent)
    : QWidget(parent)
    , m_stack(new QStackedLayout)
{
    m_message = makeMessage();
    m_notice = makeNotice();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(m_stack, 1);
    layout->addWidget(m_notice);
    m_stack->addWidget(view);
    m_stack->addWidget(m_message);
    m_notice->hide();
}

QWidget *ViewStack::makeMessage()
{
    auto *page = new QWidget(this);
    page->setObjectName(QStringLiteral("message"));
    page->setAttribute(Qt::WA_StyledBackground);
    m_picture = new QLabel(page);
    m_picture->setAlignment(Qt::AlignCenter);
    m_title = makeLabel({}, TextUse::Heading, page);
    m_title->setAlignment(Qt::AlignCenter);
    m_hint = makeLabel({}, TextUse::Muted, page);
    m_technical = makeLabel({}, TextUse::Small, page);
    m_technical->setAccessibleName(tr("Technical detail"));
    m_technical->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_retry = new QPushButton(tr("Try again"), page);
    m_retry->setAccessibleName(tr("Try again"));
    connect(m_retry, &QPushButton::clicked, this, &ViewStack::retryRequested);
    auto *layout = new QVBoxLayout(page);
    layout->setContentsMargins(24, 24, 24, 48);
    layout->setSpacing(8);
    layout->addStretch(1);
    layout->addWidget(m_picture);
    layout->addSpacing(4);
    for (QLabel *label : {m_title, m_hint, m_technical}) {
        label->setWordWrap(true);
        label->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
        label->setMaximumWidth(messageWidthMax);
        auto *row = new QHBoxLayout;
        row->addStretch(1);
        row->addWidget(label, 1000);
        row->addStretch(1);
        layout->addLayout(row);
    }
    layout->addSpacing(8);
    layout->addWidget(m_retry, 0, Qt::AlignHCenter);
    layout->addStretch(2);
    return page;
}

QWidget *ViewStack::makeNotice()
{
    auto *strip = new QWidget(this);
    strip->setObjectName(QStringLiteral("notice"));
    strip->setAttribute(Qt::WA_StyledBackground);
    m_noticeText = makeLabel({}, TextUse::Body, strip);
    m_noticeText->setWordWrap(true);
    auto *again = new QPushButton(tr("Try again"), strip);
    again->setAccessibleName(tr("Try to load the missing rows again"));
    connect(again, &QPushButton::clicked, this, &ViewStack::retryRequested);
    auto *layout = new QHBoxLayout(strip);
    layout->setContentsMargins(12, 8, 8, 8);
    layout->addWidget(m_noticeText, 1);
    layout->addWidget(again);
    return strip;
}

void ViewStack::showView()
{
    m_showing = Showing::View;
    m_notice->hide();
    m_stack->setCurrentIndex(0);
    Q_EMIT showingChanged();
}

void ViewStack::showLoading()
{
    say(Showing::Loading, Tone::Muted, {QStringLiteral("loading"), tr("Loading…"), {}});
}

void ViewStack::showEmpty(const Words &words)
{
    say(Showing::Empty, Tone::Muted, words);
}

void ViewStack::showError(const Core::Error &error)
{
    const ErrorText text = describeError(error);
    const bool isRefused = text.kind == ErrorText::Kind::Refused || text.kind == ErrorText::Kind::SignedOut;
    const QString icon = isRefused                                   ? QStringLiteral("lock")
                         : text.kind == ErrorText::Kind::Unreachable ? QStringLiteral("offline")
                                                                     : QStringLiteral("alert");
    say(isRefused ? Showing::Refused : Showing::Failed, isRefused ? Tone::Warning : Tone::Danger, {icon, text.title, text.hint});
    m_technical->setText(text.technical);
    m_technical->show();
    m_retry->show();
}

void ViewStack::showNotice(const Core::Error &error)
{
    showView();
    const ErrorText text = describeError(error);
    m_noticeText->setText(tr("What you see may be incomplete. %1. %2").arg(text.title, text.hint));
    m_notice->show();
}

void ViewStack::follow(PagedModel *model, std::function<Words()> emptyWords)
{
    const auto update = [this, model, emptyWords = std::move(emptyWords)] {
        const bool hasRows = model->rowCount() > 0;
        switch (model->state()) {
        case PagedModel::State::Failed:
            showFailure(*model->error(), hasRows);
            break;
        case PagedModel::State::Loading:
            hasRows ? showView() : showLoading();
            break;
        case PagedModel::State::Ready:
        case PagedModel::State::Idle:
            hasRows ? showView() : showEmpty(emptyWords());
            break;
        }
    };
    connect(model, &PagedModel::stateChanged, this, update);
    connect(this, &ViewStack::retryRequested, model, [model] { model->rowCount() > 0 ? model->fetchMore({}) : model->restart(); });
    update();
}

void ViewStack::showFailure(const Core::Error &error, bool hasRows)
{
    const ErrorText::Kind kind = describeError(error).kind;
    if (!hasRows || kind == ErrorText::Kind::Refused) {
        showError(error);
    } else if (kind == ErrorText::Kind::Unreachable || kind == ErrorText::Kind::SignedOut) {
        // The window's banner says it for everything at once; the rows stay, marked as old.
        showView();
    } else {
        showNotice(error);
    }
}

QString ViewStack::title() const
{
    return m_showing == Showing::View ? QString() : m_title->text();
}

QString ViewStack::hint() const
{
    return m_showing == Showing::View ? QString() : m_hint->text();
}

void ViewStack::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        drawIcon();
    }
}

void ViewStack::say(Showing showing, Tone tone, const Words &words)
{
    m_showing = showing;
    m_tone = tone;
    m_iconName = words.icon;
    m_title->setText(words.title);
    m_hint->setText(words.hint);
    m_hint->setVisible(!words.hint.isEmpty());
    m_technical->hide();
    m_retry->hide();
    m_notice->hide();
    drawIcon();
    m_stack->setCurrentIndex(1);
    Q_EMIT showingChanged();
}

void ViewStack::drawIcon()
{
    m_picture->setPixmap(tintedPixmap(m_iconName, Tokens::of(palette()).ink(m_tone), pictureSize, devicePixelRatioF()));
}

}  // namespace Satchel::Console
