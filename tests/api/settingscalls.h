// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/settings.h>

#include <QDateTime>
#include <QSettings>
#include <QTest>

#include <functional>

/// The table of calls that QSettings and Satchel::Settings must answer alike; a row with an answer of its own says why Satchel differs.
namespace Satchel::Test {

/// The same calls on either.
struct Calls {
    std::function<QVariant(QSettings &)> theirs;
    std::function<QVariant(Settings &)> ours;
};

template <typename Function>
Calls calls(Function function)
{
    return {[function](QSettings &settings) { return QVariant::fromValue(function(settings)); },
            [function](Settings &settings) { return QVariant::fromValue(function(settings)); }};
}

/// `ownAnswer`: what Satchel answers where the two differ on purpose.
template <typename Function>
void addRow(const char *name, Function function, const QVariant &ownAnswer = {})
{
    QTest::newRow(name) << calls(function) << ownAnswer;
}

template <typename AnySettings>
void fill(AnySettings &settings)
{
    for (const char *name : {"b", "a", "B", "g/x", "g/y/z", "g", "h/x"}) {
        settings.setValue(QLatin1String(name), QString::fromLatin1(name));
    }
}

inline void addKeyRows()
{
    addRow("default", [](auto &s) { return s.value(QStringLiteral("key"), 5); });
    addRow("no default", [](auto &s) { return s.value(QStringLiteral("key")); });
    addRow("set", [](auto &s) {
        s.setValue(QStringLiteral("key"), 5);
        return s.value(QStringLiteral("key")).toInt();
    });
    addRow("set twice", [](auto &s) {
        s.setValue(QStringLiteral("key"), 5);
        s.setValue(QStringLiteral("key"), QStringLiteral("x"));
        return s.value(QStringLiteral("key"));
    });
    addRow("invalid is a value", [](auto &s) {
        s.setValue(QStringLiteral("key"), QVariant());
        return QVariantList{s.contains(QStringLiteral("key")), s.value(QStringLiteral("key"), 5)};
    });
    addRow("contains", [](auto &s) {
        s.setValue(QStringLiteral("key"), 5);
        return QVariantList{s.contains(QStringLiteral("key")), s.contains(QStringLiteral("Key"))};
    });
    addRow("slashes", [](auto &s) {
        s.setValue(QStringLiteral("//a///b/"), 5);
        return QVariantList{s.allKeys(), s.value(QStringLiteral("a/b"))};
    });
    addRow("slashes in reading", [](auto &s) {
        s.setValue(QStringLiteral("a/b"), 5);
        return s.value(QStringLiteral("/a//b//"));
    });
    addRow("non-Latin key", [](auto &s) {
        s.setValue(QStringLiteral("größe/Ω"), 5);
        return s.allKeys();
    });
    addRow("status", [](auto &s) {
        s.setValue(QStringLiteral("key"), 5);
        s.sync();
        return int(s.status());
    });
    addRow("writable", [](auto &s) { return s.isWritable(); });
    // Documents keep moments, in UTC; QSettings keeps the clock on the wall as well.
    addRow(
        "local time",
        [](auto &s) {
            s.setValue(QStringLiteral("key"), QDateTime(QDate(2026, 1, 2), QTime(3, 4)));
            return int(s.value(QStringLiteral("key")).toDateTime().timeSpec());
        },
        int(Qt::UTC));
}

inline void addGroupRows()
{
    addRow("all keys", [](auto &s) {
        fill(s);
        return s.allKeys();
    });
    addRow("child keys", [](auto &s) {
        fill(s);
        return s.childKeys();
    });
    addRow("child groups", [](auto &s) {
        fill(s);
        return s.childGroups();
    });
    addRow("in a group", [](auto &s) {
        fill(s);
        s.beginGroup(QStringLiteral("g"));
        return QVariantList{s.allKeys(), s.childKeys(), s.childGroups(), s.group()};
    });
    addRow("nested groups", [](auto &s) {
        fill(s);
        s.beginGroup(QStringLiteral("/g/"));
        s.beginGroup(QStringLiteral("y"));
        s.setValue(QStringLiteral("w"), 1);
        const QString inner = s.group();
        s.endGroup();
        return QVariantList{inner, s.group(), s.allKeys(), s.value(QStringLiteral("y/z")), s.contains(QStringLiteral("g/x"))};
    });
    addRow("empty group", [](auto &s) {
        fill(s);
        s.beginGroup(QString());
        const QString in = s.group();
        s.endGroup();
        return QVariantList{in, s.group(), s.allKeys()};
    });
    addRow("group of two parts", [](auto &s) {
        fill(s);
        s.beginGroup(QStringLiteral("g//y"));
        return QVariantList{s.group(), s.allKeys()};
    });
}

inline void addRemovalRows()
{
    addRow("remove a key with keys below", [](auto &s) {
        fill(s);
        s.remove(QStringLiteral("g"));
        return s.allKeys();
    });
    addRow("remove a key", [](auto &s) {
        fill(s);
        s.remove(QStringLiteral("a"));
        return s.allKeys();
    });
    addRow("remove what is not there", [](auto &s) {
        fill(s);
        s.remove(QStringLiteral("nobody"));
        return s.allKeys();
    });
    addRow("remove the group", [](auto &s) {
        fill(s);
        s.beginGroup(QStringLiteral("g"));
        s.remove(QString());
        s.endGroup();
        return s.allKeys();
    });
    addRow("remove in the group", [](auto &s) {
        fill(s);
        s.beginGroup(QStringLiteral("g"));
        s.remove(QStringLiteral("y"));
        s.endGroup();
        return s.allKeys();
    });
    addRow("remove everything", [](auto &s) {
        fill(s);
        s.remove(QString());
        return s.allKeys();
    });
    addRow("clear in a group", [](auto &s) {
        fill(s);
        s.beginGroup(QStringLiteral("g"));
        s.clear();
        return QVariantList{s.allKeys(), s.group()};
    });
}

inline void addArrayRows()
{
    addRow("array", [](auto &s) {
        s.beginWriteArray(QStringLiteral("list"));
        for (int i = 0; i < 3; ++i) {
            s.setArrayIndex(i);
            s.setValue(QStringLiteral("x"), i * i);
        }
        s.endArray();
        QVariantList answers{s.allKeys(), s.value(QStringLiteral("list/size")).toInt(), s.beginReadArray(QStringLiteral("list"))};
        s.setArrayIndex(2);
        answers << s.group() << s.value(QStringLiteral("x")).toInt() << s.childKeys();
        s.endArray();
        return answers << s.group();
    });
    addRow("array of a size", [](auto &s) {
        s.beginWriteArray(QStringLiteral("list"), 5);
        s.setArrayIndex(0);
        s.setValue(QStringLiteral("x"), 1);
        s.endArray();
        return QVariantList{s.allKeys(), s.value(QStringLiteral("list/size")).toInt()};
    });
    addRow("shorter array over a longer one", [](auto &s) {
        for (const int count : {3, 1}) {
            s.beginWriteArray(QStringLiteral("list"));
            for (int i = 0; i < count; ++i) {
                s.setArrayIndex(i);
                s.setValue(QStringLiteral("x"), i);
            }
            s.endArray();
        }
        return QVariantList{s.allKeys(), s.value(QStringLiteral("list/size")).toInt()};
    });
    addRow("empty array", [](auto &s) {
        s.beginWriteArray(QStringLiteral("list"));
        s.endArray();
        return QVariantList{s.allKeys(), s.beginReadArray(QStringLiteral("list"))};
    });
    addRow("array in a group, group in an array", [](auto &s) {
        s.beginGroup(QStringLiteral("g"));
        s.beginWriteArray(QStringLiteral("list"));
        s.setArrayIndex(1);
        s.beginGroup(QStringLiteral("in"));
        s.setValue(QStringLiteral("x"), 1);
        const QString deep = s.group();
        s.endGroup();
        s.endArray();
        s.endGroup();
        return QVariantList{deep, s.allKeys()};
    });
    addRow("negative index", [](auto &s) {
        s.beginWriteArray(QStringLiteral("l"));
        s.setArrayIndex(-4);
        s.setValue(QStringLiteral("key"), 1);
        s.endArray();
        return s.allKeys();
    });
}

}  // namespace Satchel::Test

Q_DECLARE_METATYPE(Satchel::Test::Calls)
