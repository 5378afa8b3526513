// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "partsmodels.h"

#include "health.h"

#include "widgets/cellroles.h"
#include "widgets/counts.h"
#include "widgets/timetext.h"
#include "widgets/tokens.h"
#include "widgets/visibletext.h"

#include <algorithm>

namespace Satchel::Console {

using Wire::Admin::CollectionSummary;
using Wire::Admin::DeviceSummary;

namespace {

const QVariant alignedRight = static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);

Tone toneOf(const DeviceSummary &device, std::uint64_t behind)
{
    if (device.isRevoked) {
        return Tone::Danger;
    }
    if (device.isOnline) {
        return Tone::Good;
    }
    return behind > 0 ? Tone::Warning : Tone::Muted;
}

}  // namespace

void DevicesModel::setUser(const Wire::Admin::UsersGetResponse &user, std::chrono::milliseconds now)
{
    beginResetModel();
    m_devices = user.devices;
    m_head = user.user.head;
    m_now = now;
    endResetModel();
}

int DevicesModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_devices.size());
}

int DevicesModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant DevicesModel::nameData(const DeviceSummary &device, int role) const
{
    switch (role) {
    case Qt::DisplayRole:
        return deviceName(device);
    case DotRole:
        return static_cast<int>(toneOf(device, changesBehind(device, m_head)));
    case SecondLineRole: {
        QStringList parts;
        for (const std::string &part : {device.platform, device.appVersion}) {
            if (!part.empty()) {
                parts += visibleLine(fromUtf8(part), 40);
            }
        }
        return parts.isEmpty() ? tr("platform not known") : parts.join(QStringLiteral(" · "));
    }
    case Qt::ToolTipRole:
        return plainToolTip(tr("%1\n%2\nId %3\nSDK %4\nMutations accepted: %5")
                                .arg(deviceName(device), nameData(device, SecondLineRole).toString(),
                                     QString::fromStdString(device.id.toHex()),
                                     device.sdkVersion.empty() ? tr("not known") : visibleLine(fromUtf8(device.sdkVersion), 60),
                                     numberText(device.acceptedThrough)));
    default:
        return {};
    }
}

QVariant DevicesModel::syncData(const DeviceSummary &device, int role) const
{
    const std::uint64_t behind = changesBehind(device, m_head);
    switch (role) {
    case Qt::DisplayRole:
        return device.isRevoked ? tr("revoked") : device.isOnline ? tr("online") : relativeTime(device.lastSeen, m_now);
    case SecondLineRole:
        return behind == 0 ? tr("up to date") : tr("%1 behind").arg(numberText(behind));
    case Qt::TextAlignmentRole:
        return alignedRight;
    case ToneRole:
        return static_cast<int>(device.isRevoked ? Tone::Danger : device.isOnline ? Tone::Good : Tone::Plain);
    case Qt::ToolTipRole:
        return plainToolTip(tr("Last contact %1\nHas read up to %2 of %3")
                                .arg(exactTime(device.lastSeen), numberText(device.acknowledgedSeq), numberText(m_head)));
    default:
        return {};
    }
}

QVariant DevicesModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount()) {
        return {};
    }
    const DeviceSummary &device = m_devices[static_cast<std::size_t>(index.row())];
    return index.column() == Name ? nameData(device, role) : syncData(device, role);
}

CollectionsModel::CollectionsModel(FirstRow firstRow, QObject *parent)
    : QAbstractTableModel(parent)
    , m_firstRow(firstRow)
{
}

void CollectionsModel::setUser(const Wire::Admin::UsersGetResponse &user)
{
    beginResetModel();
    m_rows = user.collections;
    if (m_firstRow == FirstRow::All) {
        m_rows.insert(m_rows.begin(), CollectionSummary{{}, user.user.documentCount, user.user.openConflictCount});
    }
    endResetModel();
}

std::string CollectionsModel::collectionAt(int row) const
{
    return row >= 0 && row < rowCount() ? m_rows[static_cast<std::size_t>(row)].name : std::string();
}

int CollectionsModel::rowOf(const std::string &collection) const
{
    const auto found = std::ranges::find(m_rows, collection, &CollectionSummary::name);
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

int CollectionsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int CollectionsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant CollectionsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount()) {
        return {};
    }
    const CollectionSummary &row = m_rows[static_cast<std::size_t>(index.row())];
    const bool isAll = m_firstRow == FirstRow::All && index.row() == 0;
    if (index.column() == Documents) {
        switch (role) {
        case Qt::DisplayRole:
            return numberText(row.documentCount);
        case Qt::TextAlignmentRole:
            return alignedRight;
        case ToneRole:
            return static_cast<int>(Tone::Muted);
        case Qt::ToolTipRole:
            return plainToolTip(documentsText(row.documentCount));
        default:
            return {};
        }
    }
    switch (role) {
    case Qt::DisplayRole:
        return isAll ? tr("All collections") : visibleLine(fromUtf8(row.name));
    case Qt::ToolTipRole:
        return isAll ? QVariant() : QVariant(plainToolTip(visibleLine(fromUtf8(row.name))));
    case TrailingRole:
        return row.openConflictCount == 0 || isAll ? QVariant() : QVariant(numberText(row.openConflictCount));
    case TrailingToneRole:
        return static_cast<int>(Tone::Warning);
    case Qt::AccessibleDescriptionRole:
        return row.openConflictCount == 0 ? QVariant() : QVariant(conflictsText(row.openConflictCount));
    default:
        return {};
    }
}

}  // namespace Satchel::Console
