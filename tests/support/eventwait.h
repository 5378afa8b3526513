// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QEventLoop>
#include <QTimer>

namespace Satchel::Test {

/// Runs the event loop until the condition holds; false if the time was up before. Looks after every event, where QTest::qWaitFor() sleeps
/// 10 ms in between, and as often as that for what changes without one.
template <typename Condition>
[[nodiscard]] bool waitUntil(Condition holds, int patienceMs = 5000)
{
    const QDeadlineTimer deadline(patienceMs);
    QTimer tick;
    tick.start(10);
    while (!holds()) {
        if (deadline.hasExpired()) {
            return false;
        }
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    }
    return true;
}

}  // namespace Satchel::Test
