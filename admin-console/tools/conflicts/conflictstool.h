// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "tools/tool.h"

namespace Satchel::Console {

class ConflictDetails;
class ConflictsModel;
class FilterLine;
class ListTable;
class SegmentedControl;
class ViewStack;

/// Conflicts of all users: open, and overwritten by rule.
class ConflictsTool : public ToolPage {
    Q_OBJECT

public:
    explicit ConflictsTool(const ToolContext &context, QWidget *parent = nullptr);

    void refresh() override;
    void focusFilter() override;
    bool stepBack() override;
    [[nodiscard]] bool isSettled() const override;
    void setStale(bool isStale) override;
    void showExample() override;

private:
    void applyFilter();
    void openDocument(const QModelIndex &index);
    void keepChoice();

    ConflictsModel *m_model;
    SegmentedControl *m_kind;
    FilterLine *m_filter;
    ListTable *m_table;
    ViewStack *m_stack;
    ConflictDetails *m_details;
    quint64 m_chosenSeq = 0;
    QString m_chosenName;
    bool m_isAsked = false;
};

[[nodiscard]] ToolFactory conflictsToolFactory();

}  // namespace Satchel::Console
