// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "tools/tool.h"

#include "wire/adminmessages.h"

#include <QAbstractItemModel>

#include <memory>
#include <vector>

namespace Satchel::Console {

/// The fields of one document as a tree: a field, under it its siblings if it is in conflict, and the members of lists and maps.
class FieldsModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column { Name, Content, Writer, When, ColumnCount };
    /// Members of one list or map that are shown; one row says how many there are besides.
    static constexpr std::size_t membersMax = 1000;

    explicit FieldsModel(Clock clock, QObject *parent = nullptr);
    ~FieldsModel() override;

    void setDocument(Wire::Admin::StateGetDocumentResponse document);
    void clear();
    [[nodiscard]] const Wire::Admin::StateGetDocumentResponse &document() const { return m_document; }

    /// The field that a row belongs to; null outside.
    [[nodiscard]] const Wire::Admin::FieldView *fieldAt(const QModelIndex &index) const;
    /// The sibling that a row belongs to: that of its own branch, else the one shown; null where the field has none.
    [[nodiscard]] const Wire::Admin::SiblingView *siblingAt(const QModelIndex &index) const;
    /// The server kept the row's value back.
    [[nodiscard]] bool isMaskedAt(const QModelIndex &index) const;
    /// The value of the row itself; none where it was removed, or is masked.
    [[nodiscard]] std::optional<Core::Value> valueAt(const QModelIndex &index) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex &child) const override;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    enum class Kind { Field, Sibling, Member, More };
    struct Node {
        Kind kind = Kind::Field;
        QString name;
        const Core::Value *value = nullptr;  ///< null: removed, or masked
        bool isMasked = false;
        const Wire::Admin::FieldView *field = nullptr;
        const Wire::Admin::SiblingView *sibling = nullptr;
        Node *parent = nullptr;
        int row = 0;
        std::vector<std::unique_ptr<Node>> children;
    };

    [[nodiscard]] static const Node *nodeOf(const QModelIndex &index);
    static Node &addChild(Node &parent, Kind kind, QString name, const Core::Value *value);
    static void addMembers(Node &node);
    void build();
    [[nodiscard]] QString text(const Node &node, int column) const;
    [[nodiscard]] QString toolTip(const Node &node, int column) const;

    Clock m_clock;
    Wire::Admin::StateGetDocumentResponse m_document;
    std::unique_ptr<Node> m_root;
};

}  // namespace Satchel::Console
