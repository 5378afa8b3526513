// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "tools/tool.h"

#include "wire/adminmessages.h"

#include <QWidget>

class QLabel;
class QVBoxLayout;

namespace Satchel::Console {

class ElidedLabel;
class ViewStack;

/// The details pane of the Conflicts tool: base and every value with their writers and clocks, which one is shown, and why.
class ConflictDetails : public QWidget {
    Q_OBJECT

public:
    /// Values that are drawn; a note says how many there are besides.
    static constexpr std::size_t cardsMax = 12;

    explicit ConflictDetails(QWidget *parent = nullptr);

    void setConflict(const Wire::Admin::Conflict *conflict);
    [[nodiscard]] QString reason() const;

Q_SIGNALS:
    void documentRequested();

private:
    [[nodiscard]] QWidget *makeContent();

    ElidedLabel *m_field = nullptr;
    ElidedLabel *m_path = nullptr;
    QLabel *m_reason = nullptr;
    QVBoxLayout *m_cards = nullptr;
    ViewStack *m_stack;
};

}  // namespace Satchel::Console
