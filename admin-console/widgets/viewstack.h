// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "errortext.h"
#include "tokens.h"

#include <QWidget>

#include <functional>

class QLabel;
class QPushButton;
class QStackedLayout;

namespace Satchel::Console {

class PagedModel;

/// A view, or in its place what there is to say instead of it: loading, nothing there, refused, failed. A refusal never looks like an empty
/// list.
class ViewStack : public QWidget {
    Q_OBJECT

public:
    enum class Showing { View, Loading, Empty, Refused, Failed };
    struct Words {
        QString icon;
        QString title;
        QString hint;
    };

    explicit ViewStack(QWidget *view, QWidget *parent = nullptr);

    [[nodiscard]] Showing showing() const { return m_showing; }
    /// The view is shown, or will be in a moment: what belongs to its rows has a place.
    [[nodiscard]] bool hasRows() const { return m_showing == Showing::View || m_showing == Showing::Loading; }
    void showView();
    void showLoading();
    void showEmpty(const Words &words);
    void showError(const Core::Error &error);
    /// Says that rows are missing at the end, under the rows that are there.
    void showNotice(const Core::Error &error);

    /// Keeps to the model's state from now on; `emptyWords` is asked when there are no rows.
    void follow(PagedModel *model, std::function<Words()> emptyWords);

    /// What is said now in place of the view; empty strings while it shows.
    [[nodiscard]] QString title() const;
    [[nodiscard]] QString hint() const;

Q_SIGNALS:
    void retryRequested();
    void showingChanged();

protected:
    void changeEvent(QEvent *event) override;

private:
    void showFailure(const Core::Error &error, bool hasRows);
    void say(Showing showing, Tone tone, const Words &words);
    void drawIcon();
    [[nodiscard]] QWidget *makeMessage();
    [[nodiscard]] QWidget *makeNotice();

    QStackedLayout *m_stack;
    QWidget *m_message = nullptr;
    QLabel *m_picture = nullptr;
    QLabel *m_title = nullptr;
    QLabel *m_hint = nullptr;
    QLabel *m_technical = nullptr;
    QPushButton *m_retry = nullptr;
    QWidget *m_notice = nullptr;
    QLabel *m_noticeText = nullptr;
    QString m_iconName;
    Tone m_tone = Tone::Muted;
    Showing m_showing = Showing::View;
};

}  // namespace Satchel::Console
