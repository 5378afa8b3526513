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
        result.add(redot.rename({entry.device, entry.counter}));
        if (entry.device == redot.from && entry.counter > redot.settledThrough && redot.settledThrough > 0) {
            result.add({redot.from, redot.settledThrough});
        }
    }
    return result;
}

std::vector<Core::CounterMark> renamedMarks(const Core::RemoveOp &op, const Redot &redot, const SettledMark &settledMark)
{
    std::vector<Core::CounterMark> marks;
    for (const Core::CounterMark &mark : op.observed) {
        const Core::Dot dot = redot.rename(mark.dot);
        if (dot == mark.dot) {
            marks.push_back(mark);
            continue;
        }
        if (!settledMark) {
            continue;
        }
        const auto before = settledMark(op.field);
        const std::int64_t settled = before ? before->sum : 0;
        // Sums run modulo 2^64, so the difference is taken without sign.
        const auto pending = static_cast<std::int64_t>(static_cast<std::uint64_t>(mark.sum) - static_cast<std::uint64_t>(settled));
        marks.push_back({dot, pending});
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
    return dot.device == from && dot.counter > settledThrough ? Core::Dot{to, dot.counter - settledThrough} : dot;
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
