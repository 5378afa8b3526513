// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "report.h"

#include <cstdio>

namespace Satchel::Demo {

Report::Report()
    : m_out(stdout)
{
}

void Report::chapter(const QString &title)
{
    m_out << Qt::endl << title << Qt::endl;
}

void Report::say(const QString &sentence)
{
    m_out << "  " << sentence << Qt::endl;
}

bool Report::promise(const QString &sentence, bool holds, const QString &detailIfBroken)
{
    (holds ? m_keptCount : m_brokenCount) += 1;
    m_out << (holds ? "  ✓ " : "  ✗ ") << sentence << Qt::endl;
    if (!holds && !detailIfBroken.isEmpty()) {
        m_out << "    " << detailIfBroken << Qt::endl;
    }
    return holds;
}

int Report::finish()
{
    m_out << Qt::endl;
    if (m_brokenCount == 0) {
        m_out << "All " << m_keptCount << " promises held: nothing lost, nothing doubled, the same everywhere." << Qt::endl;
        return 0;
    }
    m_out << m_brokenCount << " of " << m_keptCount + m_brokenCount << " promises were broken." << Qt::endl;
    return 1;
}

}  // namespace Satchel::Demo
