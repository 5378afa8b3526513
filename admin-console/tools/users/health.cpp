// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "health.h"

#include "widgets/counts.h"
#include "widgets/timetext.h"
#include "widgets/visibletext.h"

#include <QCoreApplication>

#include <algorithm>

namespace Satchel::Console {

namespace {

using Wire::Admin::DeviceSummary;

/// A device that has been silent for longer is worth a question.
constexpr std::chrono::milliseconds silentAfter = std::chrono::days(14);

QString tr(const char *text)
{
    return QCoreApplication::translate("Health", text);
}

QString syncSentence(const Wire::Admin::UsersGetResponse &user, std::chrono::milliseconds now, Tone &tone)
{
    std::vector<const DeviceSummary *> live;
    for (const DeviceSummary &device : user.devices) {
        if (!device.isRevoked) {
            live.push_back(&device);
        }
    }
    if (live.empty()) {
        tone = Tone::Warning;
        return user.devices.empty() ? tr("No device has synced yet.") : tr("Every device is revoked, so nothing syncs.");
    }
    const auto *worst =
        *std::ranges::max_element(live, {}, [&](const DeviceSummary *device) { return changesBehind(*device, user.user.head); });
    const std::uint64_t behind = changesBehind(*worst, user.user.head);
    const auto *newest = *std::ranges::max_element(live, {}, &DeviceSummary::lastSeen);
    if (behind > 0 && !worst->isOnline) {
        const bool isSilent = now - worst->lastSeen > silentAfter;
        tone = isSilent ? Tone::Danger : Tone::Warning;
        return (isSilent ? tr("%1 is %2 behind and has been silent since %3.") : tr("%1 is %2 behind; it last synced %3."))
            .arg(deviceName(*worst), changesText(behind), relativeTime(worst->lastSeen, now));
    }
    if (behind > 0) {
        return tr("%1 is online and catching up, %2 to go.").arg(deviceName(*worst), changesText(behind));
    }
    if (live.size() == 1) {
        return tr("%1 is in sync; last contact %2.").arg(deviceName(*newest), relativeTime(newest->lastSeen, now));
    }
    if (live.size() == 2) {
        return tr("Both devices are in sync; last contact %1.").arg(relativeTime(newest->lastSeen, now));
    }
    return tr("All %1 are in sync; last contact %2.").arg(devicesText(live.size()), relativeTime(newest->lastSeen, now));
}

}  // namespace

std::uint64_t changesBehind(const DeviceSummary &device, std::uint64_t head)
{
    return head > device.acknowledgedSeq ? head - device.acknowledgedSeq : 0;
}

QString deviceName(const DeviceSummary &device)
{
    return device.name.empty() ? tr("Device %1").arg(QString::fromStdString(device.id.toHex().substr(0, 8)))
                               : visibleLine(fromUtf8(device.name), 60);
}

Health healthOf(const Wire::Admin::UsersGetResponse &user, std::chrono::milliseconds now)
{
    Health health;
    health.sentence = syncSentence(user, now, health.tone);
    const auto open = user.user.openConflictCount;
    if (open > 0) {
        health.tone = health.tone == Tone::Good ? Tone::Warning : health.tone;
        health.sentence += QStringLiteral(" ") + (open == 1 ? tr("1 conflict waits for a decision.")
                                                            : tr("%1 conflicts wait for a decision.").arg(numberText(open)));
    }
    return health;
}

}  // namespace Satchel::Console
