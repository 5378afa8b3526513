// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QPlainTextEdit>

namespace Satchel::Console {

/// A value to read and copy. Fitted: as tall as its text, up to some lines, then it scrolls.
class ValueView : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit ValueView(const QString &accessibleName, QWidget *parent = nullptr);

    void fitTo(int linesMax);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void fit();

    int m_linesMax = 0;
};

}  // namespace Satchel::Console
