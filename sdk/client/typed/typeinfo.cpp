// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "typeinfo.h"

#include <QSequentialIterable>
#include <QVariant>

namespace Satchel::Reflection {

namespace {

QMetaType accessType()
{
    return QMetaType::fromType<Typed::OptionalAccess>();
}

TypeInfo::Kind builtInKind(int id)
{
    switch (id) {
    case QMetaType::Bool:
    case QMetaType::Float:
    case QMetaType::Double:
    case QMetaType::QString:
    case QMetaType::QByteArray:
    case QMetaType::QDateTime:
        return TypeInfo::Kind::Scalar;
    case QMetaType::Char:
    case QMetaType::SChar:
    case QMetaType::UChar:
    case QMetaType::Short:
    case QMetaType::UShort:
    case QMetaType::Int:
    case QMetaType::UInt:
    case QMetaType::Long:
    case QMetaType::ULong:
    case QMetaType::LongLong:
    case QMetaType::ULongLong:
        return TypeInfo::Kind::Integer;
    case QMetaType::QVariant:
    case QMetaType::QVariantMap:
    case QMetaType::QVariantList:
        return TypeInfo::Kind::Free;
    default:
        return TypeInfo::Kind::Unmapped;
    }
}

}  // namespace

// Asking for the id has a type register what it brings along: the converters by which lists and optionals are told.
TypeInfo::TypeInfo(QMetaType type)
    : m_type(type)
    , m_kind(builtInKind(type.id()))
{
    if (m_kind != Kind::Unmapped || !type.isValid() || (type.flags() & QMetaType::IsPointer)) {
        return;
    }
    if (type.flags() & QMetaType::IsEnumeration) {
        findEnum();
    } else if (findOptional()) {
        m_kind = Kind::Optional;
    } else if (findSequence()) {
        m_kind = Kind::List;
    } else if (type.flags() & QMetaType::IsGadget) {
        m_kind = Kind::Gadget;
    }
}

void TypeInfo::findEnum()
{
    const QMetaObject *const owner = m_type.metaObject();
    if (!owner) {
        return;
    }
    const QByteArray name = m_type.name();
    m_enum = owner->enumerator(owner->indexOfEnumerator(name.mid(name.lastIndexOf(':') + 1).constData()));
    if (m_enum.isValid() && !m_enum.isFlag()) {
        m_kind = Kind::Enum;
    }
}

bool TypeInfo::findOptional()
{
    if (!QMetaType::hasRegisteredConverterFunction(m_type, accessType())) {
        return false;
    }
    const QVariant none(m_type);
    m_inner = lookInto(none.constData()).inner;
    return true;
}

bool TypeInfo::findSequence()
{
    if (m_type == QMetaType::fromType<QStringList>()) {
        m_sequence = QMetaSequence::fromContainer<QStringList>();
    } else if (m_type == QMetaType::fromType<QByteArrayList>()) {
        m_sequence = QMetaSequence::fromContainer<QByteArrayList>();
    } else {
        const QMetaType iterableType = QMetaType::fromType<QIterable<QMetaSequence>>();
        if (!QMetaType::hasRegisteredConverterFunction(m_type, iterableType)) {
            return false;
        }
        const QVariant empty(m_type);
        QIterable<QMetaSequence> iterable(QMetaSequence(), nullptr);
        QMetaType::convert(m_type, empty.constData(), iterableType, &iterable);
        m_sequence = iterable.metaContainer();
    }
    m_inner = m_sequence.valueMetaType();
    return m_sequence.hasSize() && m_sequence.canGetValueAtIndex() && m_sequence.canAddValueAtEnd();
}

Typed::OptionalAccess TypeInfo::lookInto(const void *optional) const
{
    Typed::OptionalAccess access;
    QMetaType::convert(m_type, optional, accessType(), &access);
    return access;
}

Typed::OptionalAccess TypeInfo::open(void *optional) const
{
    Typed::OptionalAccess access;
    QMetaType::view(m_type, optional, accessType(), &access);
    return access;
}

}  // namespace Satchel::Reflection
