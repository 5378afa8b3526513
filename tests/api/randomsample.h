// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "typedsamples.h"

#include <QDateTime>
#include <QRandomGenerator>

#include <cmath>
#include <optional>

/// Values for the gadgets of typedsamples.h.
namespace Satchel::Test {

inline QDateTime atMs(qint64 ms)
{
    return QDateTime::fromMSecsSinceEpoch(ms).toUTC();
}

inline Address somewhere(int seed)
{
    return {QStringLiteral("City %1").arg(seed), {{QStringLiteral("first"), seed}, {QString(), -seed}}, {seed, 0}};
}

inline Sample randomSample(QRandomGenerator &random)
{
    const auto chance = [&] { return random.bounded(2) == 0; };
    Sample made;
    made.flag = chance();
    made.tiny = qint8(random.generate());
    made.octet = quint8(random.generate());
    made.small = qint16(random.generate());
    made.port = quint16(random.generate());
    made.number = int(random.generate());
    made.natural = random.generate();
    made.large = qint64(random.generate64());
    made.huge = random.generate64() >> 1;
    made.ratio = std::ldexp(float(random.bounded(1 << 20)), random.bounded(60) - 30);
    made.size = std::ldexp(random.generateDouble(), random.bounded(600) - 300);
    made.title = QString::number(random.generate64(), 36);
    made.bytes = QByteArray::number(random.generate()).prepend('\0');
    made.due = chance() ? atMs(qint64(random.generate64() >> 20)) : QDateTime();
    made.state = chance() ? Sample::State::Done : Sample::State::Waiting;
    made.level = chance() ? Sample::Level::High : Sample::Level::Low;
    made.tags = chance() ? QStringList{made.title, QString()} : QStringList();
    made.states = {made.state, Sample::State::Open};
    made.times = {atMs(random.generate())};
    made.extra = {{QStringLiteral("x"), qlonglong(random.generate())}, {QStringLiteral("y"), QVariantList{true, made.title}}};
    made.any = chance() ? QVariant(made.title) : QVariant();
    made.address = somewhere(random.bounded(100));
    made.maybe = chance() ? std::optional<int>(random.bounded(9)) : std::nullopt;
    made.note = chance() ? std::optional<QString>(QString()) : std::nullopt;
    made.second = chance() ? std::optional(somewhere(random.bounded(100))) : std::nullopt;
    made.marks = chance() ? std::optional(QList<int>{}) : std::nullopt;
    made.former = chance() ? std::optional(made.state) : std::nullopt;
    return made;
}

}  // namespace Satchel::Test
