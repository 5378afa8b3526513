// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QString>
#include <QTextStream>

namespace Satchel::Demo {

/// Tells the story on standard output and remembers whether every promise held.
class Report {
public:
    Report();

    void chapter(const QString &title);
    void say(const QString &sentence);
    /// A promise: printed with a tick or a cross. Returns `holds`.
    bool promise(const QString &sentence, bool holds, const QString &detailIfBroken = {});
    /// Prints the verdict; the exit code of the demo.
    [[nodiscard]] int finish();

private:
    QTextStream m_out;
    int m_keptCount = 0;
    int m_brokenCount = 0;
};

}  // namespace Satchel::Demo
