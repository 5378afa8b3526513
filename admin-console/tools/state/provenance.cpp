// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "provenance.h"

#include "widgets/timetext.h"
#include "widgets/visibletext.h"

#include <QCoreApplication>

namespace Satchel::Console {

using Core::ConflictRule;
using Wire::Admin::SiblingView;

namespace {

using namespace std::chrono_literals;

QString tr(const char *text)
{
    return QCoreApplication::translate("Provenance", text);
}

}  // namespace

QString ruleName(ConflictRule rule)
{
    switch (rule) {
    case ConflictRule::Merge:
        return tr("Merge by field");
    case ConflictRule::LastWriter:
        return tr("Last writer");
    case ConflictRule::Manual:
        return tr("Decided by people");
    case ConflictRule::Custom:
        return tr("Decided by the app");
    }
    return tr("Rule not known");
}

QString ruleSentence(ConflictRule rule)
{
    switch (rule) {
    case ConflictRule::Merge:
        return tr("Each field keeps its latest write; the earlier one is kept as overwritten.");
    case ConflictRule::LastWriter:
        return tr("The document is kept as a whole: the latest write wins and the others are overwritten.");
    case ConflictRule::Manual:
        return tr("All values are kept until the user or an operator decides.");
    case ConflictRule::Custom:
        return tr("All values are kept until the app decides on one of the user's devices.");
    }
    return {};
}

QString writerName(const SiblingView &sibling)
{
    if (!sibling.deviceName.empty()) {
        return visibleLine(fromUtf8(sibling.deviceName), 60);
    }
    return tr("Device %1").arg(QString::fromStdString(sibling.dot.device.toHex().substr(0, 8)));
}

QString dotText(const Core::Dot &dot)
{
    return QString::fromStdString(dot.device.toHex().substr(0, 8)) + u':' + QString::number(dot.counter);
}

QString delayText(const SiblingView &sibling)
{
    if (sibling.received <= 0ms) {
        return tr("no longer in the log");
    }
    const auto delay = sibling.received - sibling.written;
    if (delay < -1s) {
        return tr("writer's clock %1 ahead").arg(spanText(delay));
    }
    return delay < 0ms ? tr("at once") : tr("%1 later").arg(spanText(delay));
}

QString choiceSentence(ConflictRule rule, const std::vector<SiblingView> &siblings)
{
    if (siblings.size() < 2) {
        return ruleSentence(rule);
    }
    const SiblingView &shown = siblings[0];
    const SiblingView &next = siblings[1];
    const auto lead = shown.written - next.written;
    const QString reason = lead > 0ms
                               ? tr("%1 wrote %2 after %3, by their clocks.").arg(writerName(shown), spanText(lead), writerName(next))
                               : tr("%1 and %2 wrote at the same time by their clocks; the order of their device ids settles it.")
                                     .arg(writerName(shown), writerName(next));
    if (rule == ConflictRule::Manual || rule == ConflictRule::Custom) {
        return tr("A is shown for now, because it is the latest: %1 %2").arg(reason, ruleSentence(rule));
    }
    return tr("A won: %1 Neither had seen the other's write. %2").arg(reason, ruleSentence(rule));
}

}  // namespace Satchel::Console
