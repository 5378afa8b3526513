// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/typed.h>

#include <QDateTime>
#include <QList>
#include <QStringList>
#include <QUrl>

#include <optional>

/// Gadgets for tests of typed state: a property for each type that is mapped, and some that are not.
namespace Satchel::Test {

struct Line {
    Q_GADGET
    Q_PROPERTY(QString text MEMBER text)
    Q_PROPERTY(qint32 weight MEMBER weight)
public:
    QString text;
    qint32 weight = 0;
    friend bool operator==(const Line &, const Line &) = default;
};

struct Address {
    Q_GADGET
    Q_PROPERTY(QString city MEMBER city)
    Q_PROPERTY(QList<Satchel::Test::Line> lines MEMBER lines)
    Q_PROPERTY(QList<int> numbers MEMBER numbers)
public:
    QString city;
    QList<Line> lines;
    QList<int> numbers;
    friend bool operator==(const Address &, const Address &) = default;
};

struct Sample {
    Q_GADGET
    Q_PROPERTY(bool flag MEMBER flag)
    Q_PROPERTY(qint8 tiny MEMBER tiny)
    Q_PROPERTY(quint8 octet MEMBER octet)
    Q_PROPERTY(qint16 small MEMBER small)
    Q_PROPERTY(quint16 port MEMBER port)
    Q_PROPERTY(int number MEMBER number)
    Q_PROPERTY(quint32 natural MEMBER natural)
    Q_PROPERTY(qint64 large MEMBER large)
    Q_PROPERTY(quint64 huge MEMBER huge)
    Q_PROPERTY(float ratio MEMBER ratio)
    Q_PROPERTY(double size MEMBER size)
    Q_PROPERTY(QString title MEMBER title)
    Q_PROPERTY(QByteArray bytes MEMBER bytes)
    Q_PROPERTY(QDateTime due MEMBER due)
    Q_PROPERTY(State state MEMBER state)
    Q_PROPERTY(Level level MEMBER level)
    Q_PROPERTY(QStringList tags MEMBER tags)
    Q_PROPERTY(QList<State> states MEMBER states)
    Q_PROPERTY(QList<QDateTime> times MEMBER times)
    Q_PROPERTY(QVariantMap extra MEMBER extra)
    Q_PROPERTY(QVariant any MEMBER any)
    Q_PROPERTY(Satchel::Test::Address address MEMBER address)
    Q_PROPERTY(std::optional<int> maybe MEMBER maybe)
    Q_PROPERTY(std::optional<QString> note MEMBER note)
    Q_PROPERTY(std::optional<Satchel::Test::Address> second MEMBER second)
    Q_PROPERTY(std::optional<QList<int>> marks MEMBER marks)
    Q_PROPERTY(std::optional<State> former MEMBER former)
    Q_PROPERTY(int derived READ derived)
    Q_PROPERTY(int cache MEMBER cache STORED false)
public:
    enum class State { Open, Waiting = 7, Done = -3 };
    Q_ENUM(State)
    enum class Level : quint8 { Low = 1, High = 200 };
    Q_ENUM(Level)

    [[nodiscard]] int derived() const { return number * 2; }

    bool flag = false;
    qint8 tiny = 0;
    quint8 octet = 0;
    qint16 small = 0;
    quint16 port = 0;
    int number = 5;
    quint32 natural = 0;
    qint64 large = 0;
    quint64 huge = 0;
    float ratio = 0;
    double size = 0;
    QString title;
    QByteArray bytes;
    QDateTime due;
    State state = State::Open;
    Level level = Level::Low;
    QStringList tags;
    QList<State> states;
    QList<QDateTime> times;
    QVariantMap extra;
    QVariant any;
    Address address;
    std::optional<int> maybe;
    std::optional<QString> note;
    std::optional<Address> second;
    std::optional<QList<int>> marks;
    std::optional<State> former;
    int cache = 0;
    friend bool operator==(const Sample &, const Sample &) = default;
};

struct Unmapped {
    Q_GADGET
    Q_PROPERTY(QUrl link MEMBER link)
public:
    QUrl link;
};

/// Fields that the collection's policy makes a counter and a set.
struct Progress {
    Q_GADGET
    Q_PROPERTY(qint64 steps MEMBER steps)
    Q_PROPERTY(QStringList badges MEMBER badges)
    Q_PROPERTY(QString name MEMBER name)
public:
    qint64 steps = 0;
    QStringList badges;
    QString name;
};

}  // namespace Satchel::Test
