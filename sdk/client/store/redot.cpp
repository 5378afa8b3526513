// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "redot.h"

#include <algorithm>
#include <utility>

namespace Satchel::Sync {
namespace {

Core::VersionVector renamed(const Core::VersionVector &context, const Redot &redot)
{
    Core::VersionVector result;
    for (const auto &entry : context.entries()) {
        const Core::Dot dot{entry.device, entry.counter};
        if (!redot.isPending(dot)) {
            result.add(dot);
            continue;
        }
        if (const Core::Dot pending = redot.coveredBy(dot); pending.counter > 0) {
            result.add(pending);
        }
        if (redot.settledThrough > 0) {
            result.add({redot.from, redot.settledThrough});
        }
    }
    return result;
}

std::vector<Core::CounterMark> renamedMarks(const Core::RemoveOp &op, const Redot &redot, const SettledMark &settledMark)
{
    std::vector<Core::CounterMark> marks;
    for (const Core::CounterMark &mark : op.observed) {
        if (!redot.isPending(mark.dot)) {
            marks.push_back(mark);
            continue;
        }
        // A sum with lost increments in it says nothing about those that are left.
        if (!redot.kept.empty()) {
            continue;
        }
        const auto before = settledMark(op.field);
        const std::int64_t settled = before ? before->sum : 0;
        // Sums run modulo 2^64, so the difference is taken without sign.
        const auto pending = static_cast<std::int64_t>(static_cast<std::uint64_t>(mark.sum) - static_cast<std::uint64_t>(settled));
        marks.push_back({redot.rename(mark.dot), pending});
        if (before) {
            marks.push_back(*before);
        }
    }
    std::ranges::sort(marks, {}, &Core::CounterMark::dot);
    return marks;
}

}  // namespace

Core::Dot Redot::rename(const Core::Dot &dot) const
{
    const bool isLeft = isPending(dot) && (kept.empty() || std::ranges::binary_search(kept, dot.counter));
    return isLeft ? coveredBy(dot) : dot;
}

Core::Dot Redot::coveredBy(const Core::Dot &dot) const
{
    if (kept.empty()) {
        return {to, dot.counter - settledThrough};
    }
    return {to, static_cast<std::uint64_t>(std::ranges::upper_bound(kept, dot.counter) - kept.begin())};
}

SettledMark settledMarkIn(const Core::Document &base, const Core::DeviceId &from)
{
    return [&base, from](const std::string &field) -> std::optional<Core::CounterMark> {
        const Core::FieldState *state = base.find(field);
        if (state == nullptr) {
            return std::nullopt;
        }
        const auto entry = std::ranges::find(state->counter, from, &Core::CounterEntry::device);
        if (entry == state->counter.end() || entry->counter == 0) {
            return std::nullopt;
        }
        return Core::CounterMark{{entry->device, entry->counter}, entry->sum};
    };
}

Core::Mutation redotted(Core::Mutation mutation, const Redot &redot, const SettledMark &settledMark)
{
    if (!mutation.origin) {
        mutation.origin = Core::Origin{mutation.dot, mutation.stamp};
    }
    mutation.dot = redot.rename(mutation.dot);
    mutation.context = renamed(mutation.context, redot);
    if (mutation.expected && mutation.expected->lastWrite) {
        mutation.expected->lastWrite = redot.rename(*mutation.expected->lastWrite);
    }
    for (Core::Op &op : mutation.ops) {
        if (auto *remove = std::get_if<Core::RemoveOp>(&op)) {
            remove->observed = renamedMarks(*remove, redot, settledMark);
        }
    }
    return mutation;
}

}  // namespace Satchel::Sync
