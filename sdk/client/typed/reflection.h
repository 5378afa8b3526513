// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/result.h>

#include <QMetaObject>
#include <QMetaProperty>
#include <QMetaType>
#include <QString>
#include <QVariant>

#include <optional>

/// Gadgets to and from values of documents by what moc knows of them; Satchel/typed.h says how each type is kept. Stateless, any thread.
namespace Satchel::Reflection {

/// Where in a document the mapper stands. A chain on the stack: the text is made only when something is refused.
struct Place {
    const Place *outer = nullptr;
    QString name;
    qsizetype index = -1;
    int depth = 0;

    /// What they give points to this one, which therefore must not be a temporary.
    [[nodiscard]] Place member(const QString &memberName) const & { return {this, memberName, -1, depth + 1}; }
    [[nodiscard]] Place element(qsizetype at) const & { return {this, {}, at, depth + 1}; }
    Place member(const QString &memberName) && = delete;
    Place element(qsizetype at) && = delete;
    /// "address.lines[2]"; empty for the document itself.
    [[nodiscard]] QString toString() const;
};

/// INVALID_ARGUMENT/NOT_REPRESENTABLE: "address.lines[2]: what".
[[nodiscard]] tl::unexpected<Error> refuse(const QString &what, const Place &place);

/// The type cannot be mapped at all.
[[nodiscard]] tl::unexpected<Error> refuseType(QMetaType type, const Place &place);
/// Deeper than any limit on documents, and far from the end of the stack.
constexpr int depthMax = 64;

/// A value as a document has it; nothing where it has no field.
using Shown = std::optional<QVariant>;

/// Whether a property is a field.
[[nodiscard]] bool isField(const QMetaProperty &property);
/// Whether a value of this type is a gadget, in which unknown members are kept; the type inside a std::optional counts.
[[nodiscard]] const QMetaObject *gadgetIn(QMetaType type);
/// Element type of a list, invalid for what is none; the type inside a std::optional counts.
[[nodiscard]] QMetaType elementIn(QMetaType type);

[[nodiscard]] Result<Shown> encode(QMetaType type, const void *data, const Place &place);
[[nodiscard]] Result<QVariantMap> encodeGadget(const QMetaObject &type, const void *gadget, const Place &place);
/// Into a value of `type` that has been made.
[[nodiscard]] Result<void> decode(QMetaType type, const QVariant &value, void *data, const Place &place);
[[nodiscard]] Result<void> decodeGadget(const QMetaObject &type, const QVariantMap &fields, void *gadget, const Place &place);

}  // namespace Satchel::Reflection
