// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QByteArray>
#include <QFile>
#include <QList>
#include <QString>

#include <algorithm>

/// Holds the code of a page of docs/ against the compiled file that it comes from.
namespace Satchel::Test {

/// Lines between `//! [name]` and the next such line, without what all are indented by.
inline QList<QByteArray> snippetsIn(const QByteArray &source)
{
    QList<QByteArray> found;
    QList<QByteArray> lines;
    bool isInside = false;
    for (const QByteArray &line : source.split('\n')) {
        if (!line.trimmed().startsWith("//! [")) {
            lines.append(line);
            continue;
        }
        if (isInside) {
            qsizetype indent = 1000;
            for (const QByteArray &one : lines) {
                indent = one.isEmpty()
                             ? indent
                             : std::min(indent, qsizetype(std::ranges::find_if(one, [](char c) { return c != ' '; }) - one.begin()));
            }
            QByteArray text;
            for (const QByteArray &one : lines) {
                text += one.mid(indent) + '\n';
            }
            found.append(text);
        }
        lines.clear();
        isInside = !isInside;
    }
    return found;
}

/// Code blocks of the page, ```cpp ones only; empty if it cannot be read.
inline QList<QByteArray> codeBlocksOf(const QString &path)
{
    QFile page(path);
    QList<QByteArray> blocks;
    if (!page.open(QIODevice::ReadOnly)) {
        return blocks;
    }
    const QByteArray text = page.readAll();
    const QByteArray fence = "```cpp\n";
    for (qsizetype begin = text.indexOf(fence); begin >= 0; begin = text.indexOf(fence, begin)) {
        begin += fence.size();
        blocks.append(text.mid(begin, text.indexOf("```", begin) - begin));
    }
    return blocks;
}

inline QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace Satchel::Test

/// Every block of the page is a snippet of the source file, in the same order, and there is one at least.
#define COMPARE_SNIPPETS(page, source)                                                                                                     \
    do {                                                                                                                                   \
        const QList<QByteArray> blocks_ = Satchel::Test::codeBlocksOf(page);                                                               \
        QVERIFY(!blocks_.isEmpty());                                                                                                       \
        QCOMPARE(blocks_, Satchel::Test::snippetsIn(Satchel::Test::contentOf(source)));                                                    \
    } while (false)
