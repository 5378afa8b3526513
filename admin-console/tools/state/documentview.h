// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "tools/tool.h"

#include "core/result.h"
#include "wire/adminmessages.h"

#include <QWidget>

class QLabel;

namespace Satchel::Console {

class ElidedLabel;
class FieldsModel;
class TreeView;
class ValueView;
class ViewStack;

/// One document: its fields as a tree, and under it the chosen field's whole value with where it came from.
class DocumentView : public QWidget {
    Q_OBJECT

public:
    DocumentView(StateInterface &state, Clock clock, QWidget *parent = nullptr);

    void setDocument(const QString &user, const std::optional<Core::DocumentId> &id);
    void refresh();
    [[nodiscard]] bool isSettled() const { return !m_isLoading; }
    void setStale(bool isStale);
    /// Chooses the first field in conflict, else the first field.
    void chooseTelling();

Q_SIGNALS:
    void settledChanged();

private:
    [[nodiscard]] QWidget *makeContent();
    [[nodiscard]] QWidget *makeTree();
    [[nodiscard]] QWidget *makeProvenance();
    void show(const Core::Result<Wire::Admin::StateGetDocumentResponse> &answer);
    void showField(const QModelIndex &index);

    StateInterface &m_state;
    Clock m_clock;
    QString m_user;
    std::optional<Core::DocumentId> m_id;
    quint64 m_generation = 0;
    bool m_isLoading = false;
    FieldsModel *m_model;
    ElidedLabel *m_title = nullptr;
    ElidedLabel *m_facts = nullptr;
    QLabel *m_rule = nullptr;
    TreeView *m_tree = nullptr;
    ElidedLabel *m_field = nullptr;
    QLabel *m_type = nullptr;
    ValueView *m_value = nullptr;
    QLabel *m_origin = nullptr;
    QLabel *m_choice = nullptr;
    ViewStack *m_stack;
};

}  // namespace Satchel::Console
