// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "documentsmodel.h"

#include "stateinterface.h"

#include "widgets/cellroles.h"
#include "widgets/counts.h"
#include "widgets/timetext.h"
#include "widgets/tokens.h"
#include "widgets/visibletext.h"

#include "admin/whenfinished.h"

namespace Satchel::Console {

using Wire::Admin::DocumentSummary;

DocumentsModel::DocumentsModel(StateInterface &state, Clock clock, QObject *parent)
    : PagedRows(parent)
    , m_state(state)
    , m_clock(std::move(clock))
{
}

void DocumentsModel::setFilter(const Filter &filter)
{
    if (filter != m_filter) {
        const bool isSameUser = filter.user == m_filter.user;
        m_filter = filter;
        if (filter.user.isEmpty()) {
            clear();
        } else {
            isSameUser ? requery() : restart();
        }
    }
}

int DocumentsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant DocumentsModel::data(const QModelIndex &index, int role) const
{
    const int column = index.column();
    if (role == Qt::TextAlignmentRole) {
        return column == Key ? QVariant() : QVariant(static_cast<int>(Qt::AlignRight | Qt::AlignVCenter));
    }
    const DocumentSummary *document = rowAt(index.row());
    if (!index.isValid() || document == nullptr) {
        return role == Qt::DisplayRole && column == Key ? QVariant(tr("…")) : QVariant();
    }
    const QString key = visibleLine(fromUtf8(document->key));
    const QString collection = visibleLine(fromUtf8(document->collection));
    switch (role) {
    case Qt::DisplayRole:
        return column == Key ? key : column == Fields ? numberText(document->fieldCount) : relativeTime(document->updated, m_clock());
    case SecondLineRole:
        return column == Key ? QVariant(collection) : QVariant();
    case Qt::ToolTipRole:
        return plainToolTip(column == Key ? collection + QStringLiteral(" › ") + key
                            : column == Updated
                                ? tr("Last change %1\nEvent %2, %3")
                                      .arg(exactTime(document->updated), numberText(document->seq), bytesText(document->stateBytes))
                                : QString());
    case ToneRole:
        return static_cast<int>(column == Key ? Tone::Plain : Tone::Muted);
    case TrailingRole:
        return column == Key && document->conflictCount > 0 ? QVariant(numberText(document->conflictCount)) : QVariant();
    case ElideMiddleRole:
        return column == Key;
    case TrailingToneRole:
        return static_cast<int>(Tone::Warning);
    case Qt::AccessibleDescriptionRole:
        return column == Key && document->conflictCount > 0 ? QVariant(conflictsText(document->conflictCount)) : QVariant();
    default:
        return {};
    }
}

QVariant DocumentsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return static_cast<int>((section == Key ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    return section == Key ? tr("Document") : section == Fields ? tr("Fields") : tr("Changed");
}

void DocumentsModel::askForPage(Ticket ticket, const std::string &token)
{
    const Wire::Admin::StateListDocumentsRequest request{.user = m_filter.user.toStdString(),
                                                         .collection = m_filter.collection,
                                                         .search = m_filter.search.toStdString(),
                                                         .page = {.size = pageRows, .token = token},
                                                         .filter = {}};
    Admin::whenFinished(m_state.stateListDocuments(request), this,
                        [this, ticket](const Core::Result<Wire::Admin::StateListDocumentsResponse> &answer) {
                            deliver(ticket, answer.map([](const Wire::Admin::StateListDocumentsResponse &page) {
                                return RowsPage<DocumentSummary>{page.documents, page.nextToken};
                            }));
                        });
}

}  // namespace Satchel::Console
