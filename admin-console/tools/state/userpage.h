// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "tools/tool.h"

#include "core/result.h"
#include "wire/adminmessages.h"

#include <QWidget>

namespace Satchel::Console {

class Avatar;
class CollectionsModel;
class DevicesModel;
class DocumentView;
class DocumentsModel;
class ElidedLabel;
class FilterLine;
class HealthBox;
class ListTable;
class NumbersRow;
class ViewStack;

/// Everything about one user: profile, collections and devices, documents, the chosen document.
class UserPage : public QWidget {
    Q_OBJECT

public:
    explicit UserPage(const ToolContext &context, QWidget *parent = nullptr);

    void open(const Destination &destination);
    void refresh();
    void focusFilter();
    void focusDocuments();
    [[nodiscard]] bool clearFilter();
    [[nodiscard]] bool isSettled() const;
    void setStale(bool isStale);
    void chooseFirst();

Q_SIGNALS:
    void settledChanged();
    void backRequested();

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    [[nodiscard]] QWidget *makeHeader();
    [[nodiscard]] QWidget *makeParts();
    [[nodiscard]] QWidget *makeDocuments();
    void connectParts();
    void askForUser();
    void showUser(const Core::Result<Wire::Admin::UsersGetResponse> &answer);
    void applyFilter();
    void chooseWanted();

    ToolContext m_context;
    QString m_user;
    std::string m_collection;
    std::optional<Core::DocumentId> m_wanted;
    quint64 m_generation = 0;
    bool m_isLoading = false;
    DevicesModel *m_devices;
    CollectionsModel *m_collections;
    DocumentsModel *m_documents;
    Avatar *m_avatar = nullptr;
    ElidedLabel *m_name = nullptr;
    ElidedLabel *m_since = nullptr;
    HealthBox *m_health = nullptr;
    NumbersRow *m_numbers = nullptr;
    ListTable *m_collectionsView = nullptr;
    ListTable *m_devicesView = nullptr;
    ViewStack *m_partsStack = nullptr;
    FilterLine *m_filter = nullptr;
    ListTable *m_documentsView = nullptr;
    ViewStack *m_documentsStack = nullptr;
    DocumentView *m_document;
};

}  // namespace Satchel::Console
