// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "tracking.h"

#include "core/sabotage.h"
#include "core/view.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace Satchel::Server {

namespace {

using Field = Core::Document::Field;

/// Position of the field, made with an empty state where it is missing; names and seqs stay aligned.
std::size_t ensureField(Wire::TrackedDocument &tracked, const std::string &name, std::uint64_t seq)
{
    auto &fields = tracked.document.fields;
    const auto at = std::lower_bound(fields.begin(), fields.end(), name,
                                     [](const Field &field, const std::string &wanted) { return field.name < wanted; });
    const auto index = static_cast<std::size_t>(at - fields.begin());
    if (at == fields.end() || at->name != name) {
        fields.insert(at, Field{name, {}});
        tracked.fieldSeqs.insert(tracked.fieldSeqs.begin() + static_cast<std::ptrdiff_t>(index), seq);
    }
    tracked.fieldSeqs[index] = seq;
    return index;
}

/// A last_writer collapse may drop any field: aligns the seqs by name. All fields are one register, so all count as changed.
void realignWhole(Wire::TrackedDocument &tracked, std::uint64_t seq)
{
    tracked.fieldSeqs.assign(tracked.document.fields.size(), seq);
}

}  // namespace

Core::ApplyOutcome applyTracked(Wire::TrackedDocument &tracked, const Core::Mutation &mutation, const Core::Policy &policy,
                                std::uint64_t seq)
{
    if (policy.conflict == Core::ConflictRule::LastWriter) {
        Core::ApplyOutcome outcome = Core::apply(tracked.document, mutation, policy);
        realignWhole(tracked, seq);
        return outcome;
    }
    for (const Core::Op &op : mutation.ops) {
        ensureField(tracked, Core::fieldOf(op), seq);
    }
    const std::size_t before = tracked.document.fields.size();
    Core::ApplyOutcome outcome = Core::apply(tracked.document, mutation, policy);
    if (tracked.document.fields.size() == before) {
        return outcome;
    }
    if (Core::isSabotaged(Core::Sabotage::DropTombstoneEarly)) {
        realignWhole(tracked, seq);
        return outcome;
    }
    // Only fields that the mutation names can have vanished; put them back, empty, and the positions are as they were.
    auto &fields = tracked.document.fields;
    for (const Core::Op &op : mutation.ops) {
        const std::string &name = Core::fieldOf(op);
        const auto at = std::lower_bound(fields.begin(), fields.end(), name,
                                         [](const Field &field, const std::string &wanted) { return field.name < wanted; });
        if (at == fields.end() || at->name != name) {
            fields.insert(at, Field{name, {}});
        }
    }
    return outcome;
}

bool mergeTracked(Wire::TrackedDocument &tracked, const Core::Document &offered, const Core::Policy &policy, std::uint64_t seq)
{
    static const Core::FieldState nothing;
    const auto stateOf = [](const Core::Document &document, const std::string &name) -> const Core::FieldState & {
        const Core::FieldState *state = document.find(name);
        return state != nullptr ? *state : nothing;
    };
    const Core::Document before = stripped(tracked);
    Core::Document after = Core::merge(before, offered, policy);
    if (after == before && after == offered) {
        return false;
    }
    if (policy.conflict == Core::ConflictRule::LastWriter) {
        tracked.document = std::move(after);
        realignWhole(tracked, seq);
        return true;
    }
    Wire::TrackedDocument joined;
    joined.document.context = after.context;
    joined.document.lastWrite = after.lastWrite;
    std::map<std::string_view, std::uint64_t> names;
    for (const Field &field : offered.fields) {
        names.emplace(field.name, 0);
    }
    for (std::size_t i = 0; i < tracked.document.fields.size(); ++i) {
        names[tracked.document.fields[i].name] = tracked.fieldSeqs[i];
    }
    for (const auto &[view, knownSeq] : names) {
        std::string name(view);
        const Core::FieldState &state = stateOf(after, name);
        const bool isChanged = state != stateOf(before, name) || state != stateOf(offered, name);
        joined.fieldSeqs.push_back(isChanged ? seq : knownSeq);
        joined.document.fields.push_back(Field{std::move(name), state});
    }
    tracked = std::move(joined);
    return true;
}

Core::Document stripped(const Wire::TrackedDocument &tracked)
{
    Core::Document out = tracked.document;
    std::erase_if(out.fields, [](const Field &field) { return field.state.isEmpty(); });
    return out;
}

Core::Document deltaOf(Wire::TrackedDocument tracked, std::uint64_t from)
{
    if (from == 0) {
        // Vanished fields are named here too: a device without a cursor may have written, and still hold what has vanished since.
        return std::move(tracked.document);
    }
    Core::Document out;
    out.context = std::move(tracked.document.context);
    out.lastWrite = tracked.document.lastWrite;
    for (std::size_t i = 0; i < tracked.document.fields.size(); ++i) {
        if (tracked.fieldSeqs[i] > from) {
            out.fields.push_back(std::move(tracked.document.fields[i]));
        }
    }
    return out;
}

std::uint32_t shownFieldCount(const Core::Document &document, const Core::Policy &policy)
{
    std::uint32_t count = 0;
    for (const Field &field : document.fields) {
        const Core::FieldKind kind = policy.kindOf(field.name);
        if (kind == Core::FieldKind::Register) {
            const Core::Sibling *shown = Core::provisional(field.state);
            count += shown != nullptr && shown->value ? 1 : 0;
        } else {
            count += Core::shownValue(field.state, kind) ? 1 : 0;
        }
    }
    return count;
}

}  // namespace Satchel::Server
