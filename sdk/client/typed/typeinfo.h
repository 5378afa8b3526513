// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/typed.h>

#include <QMetaEnum>
#include <QMetaObject>
#include <QMetaSequence>
#include <QMetaType>

namespace Satchel::Reflection {

/// What typed state does with a C++ type.
class TypeInfo {
public:
    enum class Kind {
        Unmapped,
        Scalar,   ///< by its QMetaType's id
        Integer,  ///< of sizeOf() bytes
        Enum,
        Gadget,
        Optional,
        List,
        Free,  ///< holds any value of a document: QVariant, QVariantMap, QVariantList
    };

    explicit TypeInfo(QMetaType type);

    [[nodiscard]] Kind kind() const { return m_kind; }
    /// Null for other kinds.
    [[nodiscard]] const QMetaObject *gadget() const { return m_kind == Kind::Gadget ? m_type.metaObject() : nullptr; }
    [[nodiscard]] QMetaEnum enumerator() const { return m_enum; }
    [[nodiscard]] QMetaSequence sequence() const { return m_sequence; }
    /// Of an optional, or an element.
    [[nodiscard]] QMetaType inner() const { return m_inner; }

    /// Of an optional.
    [[nodiscard]] Typed::OptionalAccess lookInto(const void *optional) const;
    [[nodiscard]] Typed::OptionalAccess open(void *optional) const;

private:
    void findEnum();
    [[nodiscard]] bool findOptional();
    [[nodiscard]] bool findSequence();

    QMetaType m_type;
    Kind m_kind = Kind::Unmapped;
    QMetaType m_inner;
    QMetaEnum m_enum;
    QMetaSequence m_sequence;
};

}  // namespace Satchel::Reflection
