// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "wire/adminmessages.h"

#include <QAbstractTableModel>

#include <chrono>

namespace Satchel::Console {

/// The devices of one user: who they are, and how far they are.
class DevicesModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Sync, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;

    void setUser(const Wire::Admin::UsersGetResponse &user, std::chrono::milliseconds now);

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

private:
    [[nodiscard]] QVariant nameData(const Wire::Admin::DeviceSummary &device, int role) const;
    [[nodiscard]] QVariant syncData(const Wire::Admin::DeviceSummary &device, int role) const;

    std::vector<Wire::Admin::DeviceSummary> m_devices;
    std::uint64_t m_head = 0;
    std::chrono::milliseconds m_now{0};
};

/// The collections of one user, after a row for all of them where the list is used as a filter.
class CollectionsModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Documents, ColumnCount };
    enum class FirstRow { All, Collection };

    explicit CollectionsModel(FirstRow firstRow, QObject *parent = nullptr);

    void setUser(const Wire::Admin::UsersGetResponse &user);
    /// Empty for the row of all.
    [[nodiscard]] std::string collectionAt(int row) const;
    [[nodiscard]] int rowOf(const std::string &collection) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;

private:
    std::vector<Wire::Admin::CollectionSummary> m_rows;
    FirstRow m_firstRow;
};

}  // namespace Satchel::Console
