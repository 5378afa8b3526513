// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "widgets/tokens.h"

#include "wire/adminmessages.h"

#include <QWidget>

#include <chrono>

class QLabel;

namespace Satchel::Console {

class ElidedLabel;

/// A user's initials in a circle.
class Avatar : public QWidget {
    Q_OBJECT

public:
    explicit Avatar(int sizePixels, QWidget *parent = nullptr);
    void setInitials(const QString &initials);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QString m_initials;
};

/// The health sentence in a box of its tone.
class HealthBox : public QWidget {
    Q_OBJECT

public:
    explicit HealthBox(QWidget *parent = nullptr);
    void setUser(const Wire::Admin::UsersGetResponse &user, std::chrono::milliseconds now);
    [[nodiscard]] QString sentence() const;

protected:
    void changeEvent(QEvent *event) override;

private:
    void drawIcon();

    QLabel *m_icon;
    QLabel *m_sentence;
    Tone m_tone = Tone::Good;
};

/// Four numbers side by side: documents, devices, conflicts, changes.
class NumbersRow : public QWidget {
    Q_OBJECT

public:
    explicit NumbersRow(QWidget *parent = nullptr);
    void setUser(const Wire::Admin::UserSummary &user);

private:
    QLabel *addCell(const QString &caption);

    QLabel *m_documents;
    QLabel *m_devices;
    QLabel *m_conflicts;
    QLabel *m_changes;
};

}  // namespace Satchel::Console
