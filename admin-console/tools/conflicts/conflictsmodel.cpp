// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "conflictsmodel.h"

#include "conflictsinterface.h"

#include "tools/state/provenance.h"
#include "widgets/cellroles.h"
#include "widgets/counts.h"
#include "widgets/timetext.h"
#include "widgets/tokens.h"
#include "widgets/visibletext.h"

#include "admin/whenfinished.h"

namespace Satchel::Console {

using Wire::Admin::Conflict;

namespace {

constexpr std::chrono::milliseconds oldAfter = std::chrono::hours(24);

QString documentPath(const Conflict &conflict)
{
    return visibleLine(fromUtf8(conflict.collection)) + QStringLiteral(" › ") + visibleLine(fromUtf8(conflict.key));
}

}  // namespace

ConflictsModel::Filter ConflictsModel::parseFilter(const QString &text, Wire::Admin::ConflictKind kind)
{
    static const QString collectionPrefix = QStringLiteral("collection:");
    static const QString userPrefix = QStringLiteral("user:");
    Filter filter{kind, {}, {}};
    QStringList user;
    const QStringList words = text.split(u' ', Qt::SkipEmptyParts);
    for (const QString &word : words) {
        if (word.startsWith(collectionPrefix)) {
            filter.collection = word.mid(collectionPrefix.size());
        } else {
            user += word.startsWith(userPrefix) ? word.mid(userPrefix.size()) : word;
        }
    }
    filter.user = user.join(u' ');
    return filter;
}

ConflictsModel::ConflictsModel(ConflictsInterface &conflicts, Clock clock, QObject *parent)
    : PagedRows(parent)
    , m_conflicts(conflicts)
    , m_clock(std::move(clock))
{
}

void ConflictsModel::setFilter(const Filter &filter)
{
    if (filter != m_filter) {
        const bool isSameKind = filter.kind == m_filter.kind;
        m_filter = filter;
        isSameKind ? requery() : restart();
        Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    }
}

int ConflictsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QString ConflictsModel::text(const Conflict &conflict, int column) const
{
    switch (column) {
    case Field:
        return visibleLine(fromUtf8(conflict.field));
    case User:
        return visibleLine(fromUtf8(conflict.user));
    case Values:
        return numberText(conflict.siblings.size());
    case Rule:
        return ruleName(conflict.rule);
    case Detected:
        return relativeTime(conflict.detected, m_clock());
    default:
        return {};
    }
}

QVariant ConflictsModel::data(const QModelIndex &index, int role) const
{
    const int column = index.column();
    if (role == Qt::TextAlignmentRole) {
        return column == Values || column == Detected ? QVariant(static_cast<int>(Qt::AlignRight | Qt::AlignVCenter)) : QVariant();
    }
    const Conflict *conflict = rowAt(index.row());
    if (!index.isValid() || conflict == nullptr) {
        return role == Qt::DisplayRole && column == Field ? QVariant(tr("…")) : QVariant();
    }
    const bool isOld = conflict->kind == Wire::Admin::ConflictKind::Open && m_clock() - conflict->detected > oldAfter;
    switch (role) {
    case Qt::DisplayRole:
        return text(*conflict, column);
    case SecondLineRole:
        return column == Field ? QVariant(documentPath(*conflict)) : QVariant();
    case Qt::ToolTipRole:
        return plainToolTip(column == Detected ? tr("Since %1\nEvent %2").arg(exactTime(conflict->detected), numberText(conflict->seq))
                            : column == Field  ? documentPath(*conflict) + QStringLiteral(" › ") + text(*conflict, Field)
                            : column == Rule   ? ruleSentence(conflict->rule)
                                               : text(*conflict, column));
    case ToneRole:
        if (column == Detected) {
            return static_cast<int>(isOld ? Tone::Warning : Tone::Muted);
        }
        return static_cast<int>(column == Rule ? Tone::Muted : Tone::Plain);
    default:
        return {};
    }
}

QVariant ConflictsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return static_cast<int>((section == Values || section == Detected ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Field:
        return tr("Field");
    case User:
        return tr("User");
    case Values:
        return tr("Values");
    case Rule:
        return tr("Rule");
    case Detected:
        return m_filter.kind == Wire::Admin::ConflictKind::Open ? tr("Open since") : tr("Settled");
    default:
        return {};
    }
}

void ConflictsModel::askForPage(Ticket ticket, const std::string &token)
{
    const Wire::Admin::ConflictsListRequest request{.kind = m_filter.kind,
                                                    .user = m_filter.user.toStdString(),
                                                    .collection = m_filter.collection.toStdString(),
                                                    .page = {.size = pageRows, .token = token},
                                                    .filter = {}};
    Admin::whenFinished(m_conflicts.conflictsList(request), this,
                        [this, ticket](const Core::Result<Wire::Admin::ConflictsListResponse> &answer) {
                            deliver(ticket, answer.map([](const Wire::Admin::ConflictsListResponse &page) {
                                return RowsPage<Conflict>{page.conflicts, page.nextToken};
                            }));
                        });
}

}  // namespace Satchel::Console
