// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "reflection.h"

#include "typeinfo.h"

namespace Satchel::Reflection {

QString Place::toString() const
{
    const QString own = index >= 0 ? QStringLiteral("[%1]").arg(index) : (outer && outer->outer ? u'.' + name : name);
    return outer ? outer->toString() + own : own;
}

tl::unexpected<Error> refuse(const QString &what, const Place &place)
{
    const QString where = place.toString();
    return failure(
        Error(Error::Code::InvalidArgument, Error::Reason::NotRepresentable, where.isEmpty() ? what : where + QStringLiteral(": ") + what));
}

tl::unexpected<Error> refuseType(QMetaType type, const Place &place)
{
    return refuse(QStringLiteral("typed state does not map the type %1; Satchel/typed.h lists what it maps, and a header with a "
                                 "std::optional includes it")
                      .arg(QLatin1String(type.isValid() ? type.name() : "void")),
                  place);
}

bool isField(const QMetaProperty &property)
{
    return property.isReadable() && property.isWritable() && property.isStored();
}

const QMetaObject *gadgetIn(QMetaType type)
{
    const TypeInfo info(type);
    return info.kind() == TypeInfo::Kind::Optional ? gadgetIn(info.inner()) : info.gadget();
}

QMetaType elementIn(QMetaType type)
{
    const TypeInfo info(type);
    if (info.kind() == TypeInfo::Kind::Optional) {
        return elementIn(info.inner());
    }
    return info.kind() == TypeInfo::Kind::List ? info.inner() : QMetaType();
}

}  // namespace Satchel::Reflection
