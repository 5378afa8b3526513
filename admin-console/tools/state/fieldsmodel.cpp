// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "fieldsmodel.h"

#include "provenance.h"

#include "widgets/cellroles.h"
#include "widgets/counts.h"
#include "widgets/timetext.h"
#include "widgets/tokens.h"
#include "widgets/valuetext.h"
#include "widgets/visibletext.h"

namespace Satchel::Console {

using Core::Value;
using Wire::Admin::FieldView;
using Wire::Admin::SiblingView;

FieldsModel::FieldsModel(Clock clock, QObject *parent)
    : QAbstractItemModel(parent)
    , m_clock(std::move(clock))
    , m_root(std::make_unique<Node>())
{
}

FieldsModel::~FieldsModel() = default;

void FieldsModel::setDocument(Wire::Admin::StateGetDocumentResponse document)
{
    beginResetModel();
    m_root = std::make_unique<Node>();
    m_document = std::move(document);
    build();
    endResetModel();
}

void FieldsModel::clear()
{
    setDocument({});
}

FieldsModel::Node &FieldsModel::addChild(Node &parent, Kind kind, QString name, const Value *value)
{
    auto node = std::make_unique<Node>();
    node->kind = kind;
    node->name = std::move(name);
    node->value = value;
    node->field = parent.field;
    node->sibling = parent.sibling;
    node->parent = &parent;
    node->row = static_cast<int>(parent.children.size());
    parent.children.push_back(std::move(node));
    return *parent.children.back();
}

void FieldsModel::addMembers(Node &node)
{
    if (node.value == nullptr) {
        return;
    }
    const auto *list = node.value->as<Value::List>();
    const auto *map = node.value->as<Value::Map>();
    const std::size_t count = list != nullptr ? list->size() : map != nullptr ? map->size() : 0;
    for (std::size_t i = 0; i < qMin(count, membersMax); ++i) {
        const QString name = list != nullptr ? QString::number(i + 1) : visibleLine(fromUtf8((*map)[i].key));
        addMembers(addChild(node, Kind::Member, name, list != nullptr ? &(*list)[i] : &(*map)[i].value));
    }
    if (count > membersMax) {
        addChild(node, Kind::More, tr("and %1 more").arg(numberText(count - membersMax)), nullptr);
    }
}

void FieldsModel::build()
{
    for (const FieldView &field : m_document.fields) {
        Node &node = addChild(*m_root, Kind::Field, visibleLine(fromUtf8(field.name)), field.value ? &*field.value : nullptr);
        node.field = &field;
        node.isMasked = field.isMasked;
        node.sibling = field.siblings.empty() ? nullptr : &field.siblings.front();
        if (field.siblings.size() < 2) {
            addMembers(node);
            continue;
        }
        for (std::size_t i = 0; i < field.siblings.size(); ++i) {
            const SiblingView &sibling = field.siblings[i];
            const QString letter = i < 26 ? QString(QChar(u'A' + static_cast<char16_t>(i))) : QString::number(i + 1);
            Node &child = addChild(node, Kind::Sibling, letter, sibling.value ? &*sibling.value : nullptr);
            child.sibling = &sibling;
            child.isMasked = sibling.isMasked;
            addMembers(child);
        }
    }
}

const FieldsModel::Node *FieldsModel::nodeOf(const QModelIndex &index)
{
    return static_cast<const Node *>(index.constInternalPointer());
}

const FieldView *FieldsModel::fieldAt(const QModelIndex &index) const
{
    return index.isValid() ? nodeOf(index)->field : nullptr;
}

const SiblingView *FieldsModel::siblingAt(const QModelIndex &index) const
{
    return index.isValid() ? nodeOf(index)->sibling : nullptr;
}

bool FieldsModel::isMaskedAt(const QModelIndex &index) const
{
    return index.isValid() && nodeOf(index)->isMasked;
}

std::optional<Value> FieldsModel::valueAt(const QModelIndex &index) const
{
    return index.isValid() && nodeOf(index)->value != nullptr ? std::optional(*nodeOf(index)->value) : std::nullopt;
}

QModelIndex FieldsModel::index(int row, int column, const QModelIndex &parent) const
{
    const Node *node = parent.isValid() ? nodeOf(parent) : m_root.get();
    if (row < 0 || column < 0 || column >= ColumnCount || static_cast<std::size_t>(row) >= node->children.size() || parent.column() > 0) {
        return {};
    }
    return createIndex(row, column, node->children[static_cast<std::size_t>(row)].get());
}

QModelIndex FieldsModel::parent(const QModelIndex &child) const
{
    const Node *parent = child.isValid() ? nodeOf(child)->parent : nullptr;
    return parent == nullptr || parent == m_root.get() ? QModelIndex() : createIndex(parent->row, 0, parent);
}

int FieldsModel::rowCount(const QModelIndex &parent) const
{
    if (parent.column() > 0) {
        return 0;
    }
    return static_cast<int>((parent.isValid() ? nodeOf(parent) : m_root.get())->children.size());
}

int FieldsModel::columnCount(const QModelIndex & /*parent*/) const
{
    return ColumnCount;
}

QString FieldsModel::text(const Node &node, int column) const
{
    const bool hasWriter = node.sibling != nullptr && node.kind != Kind::Member && node.kind != Kind::More;
    switch (column) {
    case Name:
        return node.name;
    case Content:
        if (node.isMasked) {
            return maskedText();
        }
        return node.kind == Kind::More ? QString() : valueLine(node.value == nullptr ? std::nullopt : std::optional(*node.value));
    case Writer:
        return hasWriter ? writerName(*node.sibling) : QString();
    case When:
        return hasWriter ? relativeTime(node.sibling->written, m_clock()) : QString();
    default:
        return {};
    }
}

QString FieldsModel::toolTip(const Node &node, int column) const
{
    if (column == Content) {
        return node.isMasked ? maskedSentence() : valueBlock(node.value == nullptr ? std::nullopt : std::optional(*node.value));
    }
    if (column == When && node.sibling != nullptr) {
        return tr("Writer's clock %1\nServer's clock %2").arg(exactTime(node.sibling->written), exactTime(node.sibling->received));
    }
    return text(node, column);
}

QVariant FieldsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid()) {
        return {};
    }
    const Node &node = *nodeOf(index);
    const int column = index.column();
    const bool isConflicted = node.kind == Kind::Field && node.field->isConflicted;
    switch (role) {
    case Qt::DisplayRole:
        return text(node, column);
    case Qt::ToolTipRole:
        return plainToolTip(toolTip(node, column));
    case Qt::TextAlignmentRole:
        return static_cast<int>((column == When ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case MonospaceRole:
        return column == Content && node.kind != Kind::More && node.value != nullptr && node.value->isScalar();
    case PillRole:
        return column == Name && node.kind == Kind::Sibling;
    case BarRole:
        return column == Name && isConflicted ? QVariant(static_cast<int>(Tone::Warning)) : QVariant();
    case TrailingRole:
        if (column == Content && isConflicted) {
            return valuesText(node.field->siblings.size());
        }
        return column == Content && node.kind == Kind::Sibling && node.row == 0 ? QVariant(tr("shown")) : QVariant();
    case TrailingToneRole:
        return static_cast<int>(isConflicted ? Tone::Warning : Tone::Muted);
    case ToneRole:
        if (column == Name) {
            return static_cast<int>(node.kind == Kind::Member || node.kind == Kind::More ? Tone::Muted : Tone::Plain);
        }
        return static_cast<int>(column == Content && node.value != nullptr && node.value->isScalar() ? Tone::Plain : Tone::Muted);
    default:
        return {};
    }
}

QVariant FieldsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return static_cast<int>((section == When ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
    case Name:
        return tr("Field");
    case Content:
        return tr("Value");
    case Writer:
        return tr("Written by");
    case When:
        return tr("When");
    default:
        return {};
    }
}

}  // namespace Satchel::Console
