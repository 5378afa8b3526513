// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "documentplan.h"

#include "core/edit.h"
#include "core/view.h"

#include <algorithm>
#include <set>

namespace Satchel::Server {

namespace {

const Core::FieldState &stateOf(const Core::Document &document, const std::string &name)
{
    static const Core::FieldState nothing;
    const Core::FieldState *state = document.find(name);
    return state != nullptr ? *state : nothing;
}

std::set<std::string> namesOf(const Core::Document &a, const Core::Document &b)
{
    std::set<std::string> names;
    for (const Core::Document *document : {&a, &b}) {
        for (const Core::Document::Field &field : document->fields) {
            names.insert(field.name);
        }
    }
    return names;
}

/// What the field may be taken for: the shown value first, and each that stands beside it once. A field that is not there has no value.
std::vector<std::optional<Core::Value>> valuesOf(const Core::FieldState &state)
{
    std::vector<std::optional<Core::Value>> values;
    const Core::Sibling *shown = Core::provisional(state);
    values.push_back(shown != nullptr ? shown->value : std::nullopt);
    for (const Core::Sibling &sibling : state.siblings) {
        if (std::ranges::find(values, sibling.value) == values.end()) {
            values.push_back(sibling.value);
        }
    }
    return values;
}

std::optional<std::int64_t> counterOf(const Core::FieldState &state)
{
    const auto shown = Core::shownValue(state, Core::FieldKind::Counter);
    return shown ? std::optional(*shown->as<std::int64_t>()) : std::nullopt;
}

std::int64_t minus(std::int64_t a, std::int64_t b)
{
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

Core::Op opOf(const std::string &name, const std::optional<Core::Value> &value)
{
    return value ? Core::Op(Core::PutOp{name, *value}) : Core::Op(Core::RemoveOp{name, {}});
}

bool haveSameWrites(const Core::FieldState &a, const Core::FieldState &b)
{
    return std::ranges::equal(a.siblings, b.siblings, {}, &Core::Sibling::dot, &Core::Sibling::dot);
}

}  // namespace

DocumentPlan::DocumentPlan(Core::UserId user, const Core::DocumentId &id, Core::Document current, std::uint64_t currentSeq,
                           const Core::Policy &policy)
    : m_user(std::move(user))
    , m_id(id)
    , m_current(std::move(current))
    , m_currentSeq(currentSeq)
    , m_policy(policy)
{
}

void DocumentPlan::restore(const Core::Document &target)
{
    for (const std::string &name : namesOf(m_current, target)) {
        restoreField(name, target);
    }
}

void DocumentPlan::restoreField(const std::string &name, const Core::Document &target)
{
    const Core::FieldState &now = stateOf(m_current, name);
    const Core::FieldState &then = stateOf(target, name);
    const Core::FieldKind kind = m_policy.kindOf(name);
    if (kind == Core::FieldKind::Counter) {
        moveCounter(name, counterOf(now), counterOf(then));
    } else if (kind == Core::FieldKind::Set) {
        moveSet(name, Core::shownValue(now, kind), Core::shownValue(then, kind));
    } else {
        restoreRegister(name, then);
    }
}

bool DocumentPlan::undoField(const std::string &name, const Core::Document &before, const Core::Document &after)
{
    const Core::FieldState &was = stateOf(before, name);
    const Core::FieldState &became = stateOf(after, name);
    const Core::FieldKind kind = m_policy.kindOf(name);
    if (was == became) {
        return true;
    }
    if (kind == Core::FieldKind::Counter) {
        const std::int64_t step = minus(counterOf(was).value_or(0), counterOf(became).value_or(0));
        if (step != 0) {
            m_ops.emplace_back(Core::IncrementOp{name, step});
        }
        return true;
    }
    if (kind == Core::FieldKind::Set) {
        moveSet(name, Core::shownValue(became, kind), Core::shownValue(was, kind));
        return true;
    }
    if (!haveSameWrites(stateOf(m_current, name), became)) {
        return false;
    }
    restoreRegister(name, was);
    return true;
}

void DocumentPlan::restoreRegister(const std::string &name, const Core::FieldState &target)
{
    const auto now = valuesOf(stateOf(m_current, name));
    const auto then = valuesOf(target);
    if (std::ranges::is_permutation(now, then)) {
        return;
    }
    for (std::size_t i = 0; i < then.size(); ++i) {
        (i == 0 ? m_ops : m_concurrent).push_back(opOf(name, then[i]));
    }
}

void DocumentPlan::moveCounter(const std::string &name, std::optional<std::int64_t> from, std::optional<std::int64_t> to)
{
    if (from == to) {
        return;
    }
    if (!to) {
        m_ops.emplace_back(Core::removeOp(m_current, m_policy, name));
    } else {
        m_ops.emplace_back(Core::IncrementOp{name, minus(*to, from.value_or(0))});
    }
}

void DocumentPlan::moveSet(const std::string &name, const std::optional<Core::Value> &from, const std::optional<Core::Value> &to)
{
    static const Core::Value::List none;
    const Core::Value::List &before = from ? *from->as<Core::Value::List>() : none;
    const Core::Value::List &after = to ? *to->as<Core::Value::List>() : none;
    for (const Core::Value &element : after) {
        if (std::ranges::find(before, element) == before.end()) {
            m_ops.emplace_back(Core::AddOp{name, element});
        }
    }
    for (const Core::Value &element : before) {
        if (std::ranges::find(after, element) == after.end()) {
            m_ops.emplace_back(Core::DiscardOp{name, element});
        }
    }
}

OperatorDraft DocumentPlan::draft(std::vector<Core::Op> ops) const
{
    OperatorDraft out;
    out.user = m_user;
    out.document = m_id;
    out.ops = std::move(ops);
    out.context = m_current.context;
    out.seenSeq = m_currentSeq;
    return out;
}

Core::Result<std::vector<OperatorDraft>> DocumentPlan::drafts() const
{
    std::vector<OperatorDraft> out;
    if (m_ops.empty() && m_concurrent.empty()) {
        return out;
    }
    if (m_policy.conflict == Core::ConflictRule::LastWriter) {
        auto ops = Core::wholeDocumentOps(m_current, m_policy, m_ops);
        if (!ops) {
            return Core::failure(std::move(ops.error()));
        }
        if (!ops->empty()) {
            out.push_back(draft(std::move(*ops)));
            out.back().scope = Core::Scope::Document;
        }
        return out;
    }
    out.push_back(draft(m_ops));
    for (const Core::Op &op : m_concurrent) {
        out.push_back(draft({op}));
    }
    return out;
}

}  // namespace Satchel::Server
