// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "edits.h"

#include "client/values.h"
#include "core/edit.h"

#include <utility>

namespace Satchel::Edits {

using Live::Edit;
using Live::Editor;

namespace {

/// An edit of one field that does not depend on what is seen.
Core::Result<Editor> fieldEdit(Core::Op op)
{
    return Editor([op = std::move(op)](const Core::Document &, const Core::Policy &) mutable -> Core::Result<Edit> {
        Edit edit;
        edit.ops.push_back(std::move(op));
        return edit;
    });
}

template <typename ElementOp>
Core::Result<Editor> elementEdit(const QString &field, const QVariant &element)
{
    auto name = toUtf8(field, "the field name");
    auto value = toValue(element);
    if (!name || !value) {
        return Core::failure(!name ? name.error() : value.error());
    }
    return fieldEdit(ElementOp{std::move(*name), std::move(*value)});
}

}  // namespace

Core::Result<Editor> set(const QVariantMap &fields)
{
    auto entries = toFields(fields);
    if (!entries) {
        return Core::failure(std::move(entries.error()));
    }
    return Editor([entries = std::move(*entries)](const Core::Document &seen, const Core::Policy &policy) mutable -> Core::Result<Edit> {
        auto ops = Core::replaceOps(seen, policy, std::move(entries));
        return ops ? Core::Result<Edit>(Edit{std::move(*ops), Core::Scope::Document}) : Core::failure(std::move(ops.error()));
    });
}

Core::Result<Editor> update(const QVariantMap &fields)
{
    auto entries = toFields(fields);
    if (!entries) {
        return Core::failure(std::move(entries.error()));
    }
    return Editor([entries = std::move(*entries)](const Core::Document &, const Core::Policy &) mutable -> Core::Result<Edit> {
        Edit edit;
        edit.ops.reserve(entries.size());
        for (Core::Value::MapEntry &entry : entries) {
            edit.ops.emplace_back(Core::PutOp{std::move(entry.key), std::move(entry.value)});
        }
        return edit;
    });
}

Core::Result<Editor> remove()
{
    return Editor([](const Core::Document &seen, const Core::Policy &policy) -> Core::Result<Edit> {
        return Edit{Core::eraseOps(seen, policy), Core::Scope::Document};
    });
}

Core::Result<Editor> removeField(const QString &field)
{
    auto name = toUtf8(field, "the field name");
    if (!name) {
        return Core::failure(std::move(name.error()));
    }
    return Editor([name = std::move(*name)](const Core::Document &seen, const Core::Policy &policy) -> Core::Result<Edit> {
        std::vector<Core::Op> ops = Core::eraseOps(seen, policy);
        std::erase_if(ops, [&](const Core::Op &op) { return Core::fieldOf(op) != name; });
        return Edit{std::move(ops), Core::Scope::Fields};
    });
}

Core::Result<Editor> increment(const QString &field, qint64 delta)
{
    auto name = toUtf8(field, "the field name");
    if (!name) {
        return Core::failure(std::move(name.error()));
    }
    return fieldEdit(Core::IncrementOp{std::move(*name), delta});
}

Core::Result<Editor> addToSet(const QString &field, const QVariant &element)
{
    return elementEdit<Core::AddOp>(field, element);
}

Core::Result<Editor> discardFromSet(const QString &field, const QVariant &element)
{
    return elementEdit<Core::DiscardOp>(field, element);
}

}  // namespace Satchel::Edits
