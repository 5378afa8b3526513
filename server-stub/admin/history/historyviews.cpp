// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "historyviews.h"

#include "core/view.h"
#include "server-stub/admin/siblingviews.h"
#include "server-stub/store/projection.h"

#include <algorithm>

namespace Satchel::Server {

namespace Admin = Wire::Admin;

namespace {

std::chrono::milliseconds timeOf(Core::Hlc stamp)
{
    return std::chrono::milliseconds(static_cast<std::int64_t>(stamp.milliseconds()));
}

bool holds(const std::vector<Core::Sibling> &siblings, const Core::Dot &dot)
{
    return std::ranges::find(siblings, dot, &Core::Sibling::dot) != siblings.end();
}

/// Writes of a field of any kind as siblings: of a counter what each device has added, of a set each element by each who added it.
std::vector<Core::Sibling> writesOf(const Core::FieldState &state, Core::FieldKind kind)
{
    if (kind == Core::FieldKind::Register) {
        return shownFirst(state.siblings);
    }
    std::vector<Core::Sibling> out;
    for (const Core::CounterEntry &entry : state.counter) {
        if (kind == Core::FieldKind::Counter && entry.counter > entry.removedCounter) {
            out.push_back({{entry.device, entry.counter}, {}, Core::Value(entry.sum - entry.removedSum)});
        }
    }
    for (const Core::SetElement &element : state.elements) {
        for (const Core::Dot &dot : element.dots) {
            if (kind == Core::FieldKind::Set) {
                out.push_back({dot, {}, element.element});
            }
        }
    }
    return out;
}

}  // namespace

Core::Result<void> HistoryViews::load()
{
    auto extent = m_view.logExtent(m_user);
    if (!extent) {
        return Core::failure(std::move(extent.error()));
    }
    if (!extent->isKnown) {
        return Core::failure(notFound("there is no such user"));
    }
    m_begin = extent->begin;
    auto writers = m_view.writers(m_user);
    if (!writers) {
        return Core::failure(std::move(writers.error()));
    }
    m_writers = std::move(*writers);
    return {};
}

Core::Result<Admin::SiblingView> HistoryViews::sibling(const Core::Sibling &sibling, bool isMasked) const
{
    auto views = siblingViews({sibling}, m_user, isMasked, m_view);
    return views ? Core::Result<Admin::SiblingView>(std::move(views->front())) : Core::failure(std::move(views.error()));
}

Admin::OpView HistoryViews::op(const Core::Op &op, const std::string &collection) const
{
    Admin::OpView out;
    out.field = Core::fieldOf(op);
    out.isMasked = m_mask.hides(collection, out.field);
    if (const auto *put = std::get_if<Core::PutOp>(&op)) {
        out.kind = Admin::OpKind::Put;
        out.value = put->value;
    } else if (std::holds_alternative<Core::RemoveOp>(op)) {
        out.kind = Admin::OpKind::Remove;
    } else if (const auto *step = std::get_if<Core::IncrementOp>(&op)) {
        out.kind = Admin::OpKind::Increment;
        out.delta = step->delta;
    } else if (const auto *addition = std::get_if<Core::AddOp>(&op)) {
        out.kind = Admin::OpKind::Add;
        out.value = addition->element;
    } else {
        out.kind = Admin::OpKind::Discard;
        out.value = std::get<Core::DiscardOp>(op).element;
    }
    if (out.isMasked) {
        out.value.reset();
        out.delta = 0;
    }
    return out;
}

Core::Result<std::optional<DocumentRow>> HistoryViews::rowBefore(const EventRow &event) const
{
    if (event.seq <= m_begin) {
        return std::nullopt;
    }
    return m_view.documentAt(m_user, event.mutation.document, event.seq - 1, m_policies).map([](DocumentRow &&row) {
        return std::optional(std::move(row));
    });
}

Core::Result<Admin::LostValue> HistoryViews::lost(const OverwrittenRow &row) const
{
    auto view = sibling(row.loser, m_mask.hides(row.document.collection, row.field));
    if (!view) {
        return Core::failure(std::move(view.error()));
    }
    return Admin::LostValue{row.field, std::move(*view), true, row.winner.dot};
}

Core::Result<std::vector<Admin::LostValue>> HistoryViews::lostBy(const EventRow &event, const DocumentRow &before) const
{
    const std::string &collection = event.mutation.document.collection;
    DocumentRow after = before;
    std::vector<Admin::LostValue> out;
    std::vector<std::pair<std::string, Core::Dot>> beaten;
    for (const OverwrittenRow &row : project(after, event, m_policies.of(collection))) {
        auto view = lost(row);
        if (!view) {
            return Core::failure(std::move(view.error()));
        }
        beaten.emplace_back(row.field, row.loser.dot);
        out.push_back(std::move(*view));
    }
    for (const Core::Document::Field &field : before.tracked.document.fields) {
        const Core::FieldState *left = after.tracked.document.find(field.name);
        for (const Core::Sibling &gone : field.state.siblings) {
            const bool isBeaten = std::ranges::find(beaten, std::pair(field.name, gone.dot)) != beaten.end();
            if (isBeaten || (left != nullptr && holds(left->siblings, gone.dot))) {
                continue;
            }
            auto view = sibling(gone, m_mask.hides(collection, field.name));
            if (!view) {
                return Core::failure(std::move(view.error()));
            }
            out.push_back({field.name, std::move(*view), false, event.mutation.dot});
        }
    }
    return out;
}

Core::Result<Admin::HistoryEvent> HistoryViews::event(const LoggedEvent &logged, const std::optional<DocumentRow> &before) const
{
    const Core::Mutation &mutation = logged.event.mutation;
    Admin::HistoryEvent out;
    out.seq = logged.event.seq;
    out.collection = mutation.document.collection;
    out.key = mutation.document.key;
    out.received = logged.event.received;
    if (const auto writer = m_writers.find(mutation.dot.device); writer != m_writers.end()) {
        out.deviceName = writer->second.name;
        out.isOperator = writer->second.isOperator;
    }
    if (logged.isBroughtBack) {
        return out;
    }
    out.dot = mutation.dot;
    out.written = timeOf(logged.event.written);
    out.settled = timeOf(mutation.stamp);
    out.isWholeDocument = mutation.scope == Core::Scope::Document;
    out.policyVersion = mutation.policyVersion;
    for (const Core::Op &one : mutation.ops) {
        out.ops.push_back(op(one, out.collection));
    }
    if (before) {
        auto gone = lostBy(logged.event, *before);
        if (!gone) {
            return Core::failure(std::move(gone.error()));
        }
        out.lost = std::move(*gone);
    }
    return out;
}

Core::Result<Admin::ExplainedWrite> HistoryViews::write(const Core::DocumentId &id, const std::string &field,
                                                        const Core::Sibling &written) const
{
    Admin::ExplainedWrite out;
    auto view = sibling(written, m_mask.hides(id.collection, field));
    auto event = m_view.event(m_user, written.dot);
    if (!view || !event) {
        return Core::failure(std::move(!view ? view.error() : event.error()));
    }
    out.sibling = std::move(*view);
    if (const auto writer = m_writers.find(written.dot.device); writer != m_writers.end()) {
        out.isOperator = writer->second.isOperator;
    }
    if (!*event) {
        return out;
    }
    const EventRow &row = **event;
    out.seq = row.seq;
    out.claimed = timeOf(row.written);
    out.sibling.written = timeOf(row.mutation.stamp);
    for (const Core::VersionVector::Entry &entry : row.mutation.context.entries()) {
        const auto writer = m_writers.find(entry.device);
        out.saw.push_back({entry.device, entry.counter, writer != m_writers.end() ? writer->second.name : std::string()});
    }
    auto before = rowBefore(row);
    if (!before) {
        return Core::failure(std::move(before.error()));
    }
    if (*before) {
        auto gone = lostBy(row, **before);
        if (!gone) {
            return Core::failure(std::move(gone.error()));
        }
        std::erase_if(*gone, [&field](const Admin::LostValue &value) { return value.field != field; });
        out.overwrote = std::move(*gone);
    }
    return out;
}

Core::Result<std::vector<Admin::ExplainedWrite>> HistoryViews::writes(const Core::DocumentId &id, const std::string &field,
                                                                      const Core::FieldState &state) const
{
    const Core::FieldKind kind = m_policies.of(id.collection).kindOf(field);
    std::vector<Admin::ExplainedWrite> out;
    for (const Core::Sibling &one : writesOf(state, kind)) {
        auto explained = write(id, field, one);
        if (!explained) {
            return Core::failure(std::move(explained.error()));
        }
        explained->isShown = kind != Core::FieldKind::Register || out.empty();
        out.push_back(std::move(*explained));
    }
    return out;
}

}  // namespace Satchel::Server
