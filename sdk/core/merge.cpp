// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "merge.h"

#include "collapse.h"

#include <algorithm>
#include <tuple>
#include <type_traits>
#include <utility>

namespace Satchel::Core {

namespace {

/// The two contexts that decide whether what only one side has is new to the other or was dropped by it.
struct Contexts {
    const VersionVector &ours;
    const VersionVector &theirs;
};

template <typename T>
const Dot &dotOf(const T &item)
{
    if constexpr (std::is_same_v<T, Dot>)
        return item;
    else
        return item.dot;
}

Sibling joined(Sibling ours, const Sibling &theirs)
{
    // The stamps of one write differ only while one side does not know yet how the server has settled it.
    ours.stamp = std::max(ours.stamp, theirs.stamp);
    return ours;
}

Dot joined(Dot ours, const Dot & /*theirs*/)
{
    return ours;
}

/// Siblings or dots: those that both have, and those of either that the other's context does not cover.
template <typename T>
std::vector<T> joinDotted(std::vector<T> ours, const std::vector<T> &theirs, const Contexts &contexts)
{
    std::vector<T> result;
    result.reserve(ours.size() + theirs.size());
    auto a = ours.begin();
    auto b = theirs.begin();
    while (a != ours.end() || b != theirs.end()) {
        if (b == theirs.end() || (a != ours.end() && dotOf(*a) < dotOf(*b))) {
            if (!contexts.theirs.covers(dotOf(*a)))
                result.push_back(std::move(*a));
            ++a;
        } else if (a == ours.end() || dotOf(*b) < dotOf(*a)) {
            if (!contexts.ours.covers(dotOf(*b)))
                result.push_back(*b);
            ++b;
        } else {
            result.push_back(joined(std::move(*a), *b));
            ++a;
            ++b;
        }
    }
    return result;
}

/// The later of each of the two parts; the sums only matter when a faulty writer gave one counter two of them.
CounterEntry joined(const CounterEntry &a, const CounterEntry &b)
{
    CounterEntry result = a;
    std::tie(result.counter, result.sum) = std::max(std::pair(a.counter, a.sum), std::pair(b.counter, b.sum));
    std::tie(result.removedCounter, result.removedSum) =
        std::max(std::pair(a.removedCounter, a.removedSum), std::pair(b.removedCounter, b.removedSum));
    return result;
}

std::vector<CounterEntry> joinCounters(const std::vector<CounterEntry> &ours, const std::vector<CounterEntry> &theirs)
{
    std::vector<CounterEntry> result;
    result.reserve(ours.size() + theirs.size());
    auto a = ours.begin();
    auto b = theirs.begin();
    while (a != ours.end() && b != theirs.end()) {
        if (a->device == b->device)
            result.push_back(joined(*a++, *b++));
        else
            result.push_back(a->device < b->device ? *a++ : *b++);
    }
    result.insert(result.end(), a, ours.end());
    result.insert(result.end(), b, theirs.end());
    return result;
}

std::vector<SetElement> joinElements(std::vector<SetElement> ours, const std::vector<SetElement> &theirs, const Contexts &contexts)
{
    std::vector<SetElement> result;
    result.reserve(ours.size() + theirs.size());
    const auto keep = [&result](Value element, std::vector<Dot> dots) {
        if (!dots.empty())
            result.push_back(SetElement{std::move(element), std::move(dots)});
    };
    auto a = ours.begin();
    auto b = theirs.begin();
    while (a != ours.end() || b != theirs.end()) {
        if (b == theirs.end() || (a != ours.end() && a->element < b->element)) {
            keep(std::move(a->element), joinDotted(std::move(a->dots), {}, contexts));
            ++a;
        } else if (a == ours.end() || b->element < a->element) {
            keep(b->element, joinDotted({}, b->dots, contexts));
            ++b;
        } else {
            keep(std::move(a->element), joinDotted(std::move(a->dots), b->dots, contexts));
            ++a;
            ++b;
        }
    }
    return result;
}

void joinField(FieldState &ours, const FieldState &theirs, const Contexts &contexts)
{
    ours.siblings = joinDotted(std::move(ours.siblings), theirs.siblings, contexts);
    ours.counter = joinCounters(ours.counter, theirs.counter);
    ours.elements = joinElements(std::move(ours.elements), theirs.elements, contexts);
}

/// Makes every field of `theirs` exist in `ours`, in one pass.
void makeFields(std::vector<Document::Field> &ours, const std::vector<Document::Field> &theirs)
{
    const std::size_t before = ours.size();
    std::size_t at = 0;
    for (const Document::Field &field : theirs) {
        while (at < before && ours[at].name < field.name)
            ++at;
        if (at == before || ours[at].name != field.name)
            ours.push_back(Document::Field{field.name, {}});
    }
    if (ours.size() != before) {
        std::inplace_merge(ours.begin(), ours.begin() + static_cast<std::ptrdiff_t>(before), ours.end(),
                           [](const Document::Field &a, const Document::Field &b) { return a.name < b.name; });
    }
}

void dropEmpty(Document &doc)
{
    std::erase_if(doc.fields, [](const Document::Field &field) { return field.state.isEmpty(); });
}

void joinLastWrite(Document &ours, const Document &theirs)
{
    if (theirs.lastWrite && (!ours.lastWrite || *ours.lastWrite < *theirs.lastWrite))
        ours.lastWrite = theirs.lastWrite;
}

}  // namespace

Document merge(const Document &a, const Document &b, const Policy &policy)
{
    Document result = a;
    makeFields(result.fields, b.fields);
    const Contexts contexts{a.context, b.context};
    static const FieldState nothing;
    auto theirs = b.fields.begin();
    for (Document::Field &field : result.fields) {
        const bool isShared = theirs != b.fields.end() && theirs->name == field.name;
        joinField(field.state, isShared ? theirs->state : nothing, contexts);
        if (isShared)
            ++theirs;
    }
    result.context.join(b.context);
    joinLastWrite(result, b);
    collapse(result, policy);
    dropEmpty(result);
    return result;
}

void mergeDelta(Document &base, const Document &delta, const Policy &policy)
{
    if (base.context.isEmpty() && base.fields.empty()) {
        base = delta;
        collapse(base, policy);
        dropEmpty(base);
        return;
    }
    // Nearly always the server knows all that the receiver knows. Then what it says of a field is what the field is.
    const bool isAhead = delta.context.coversAll(base.context);
    makeFields(base.fields, delta.fields);
    const Contexts contexts{base.context, delta.context};
    auto ours = base.fields.begin();
    for (const Document::Field &theirs : delta.fields) {
        while (ours->name != theirs.name)
            ++ours;
        if (isAhead)
            ours->state = theirs.state;
        else
            joinField(ours->state, theirs.state, contexts);
    }
    if (isAhead) {
        base.context = delta.context;
        // Not the greater one: the receiver's may still carry a stamp that the server has settled since.
        if (delta.lastWrite)
            base.lastWrite = delta.lastWrite;
    } else {
        base.context.join(delta.context);
        joinLastWrite(base, delta);
    }
    collapse(base, policy);
    dropEmpty(base);
}

Hlc settleStamp(const Document &doc, const Mutation &mutation, Hlc serverNow, std::chrono::milliseconds aheadMax)
{
    Hlc stamp = mutation.stamp;
    const auto ahead = static_cast<std::uint64_t>(std::max<std::chrono::milliseconds::rep>(aheadMax.count(), 0));
    if (stamp.milliseconds() > serverNow.milliseconds() && stamp.milliseconds() - serverNow.milliseconds() > ahead)
        stamp = serverNow;
    const auto raisePast = [&](Hlc covered, const Dot &dot) {
        if (stamp <= covered && mutation.context.covers(dot))
            stamp = covered.next();
    };
    // A covered write that is neither here nor the last one lost to a write that wins over this mutation as well.
    if (doc.lastWrite)
        raisePast(doc.lastWrite->stamp, doc.lastWrite->dot);
    for (const Document::Field &field : doc.fields) {
        for (const Sibling &sibling : field.state.siblings)
            raisePast(sibling.stamp, sibling.dot);
    }
    return stamp;
}

Result<void> checkExpectation(const Document &doc, const Mutation &mutation)
{
    if (!mutation.expected)
        return {};
    const std::optional<Dot> found = doc.lastWrite ? std::optional(doc.lastWrite->dot) : std::nullopt;
    if (found == mutation.expected->lastWrite)
        return {};
    const auto name = [](const std::optional<Dot> &dot) {
        return dot ? dot->device.toHex() + ':' + std::to_string(dot->counter) : std::string("no write");
    };
    return failure(makeError(ErrorCode::Aborted, ErrorReason::ExpectationFailed,
                             "the last write is " + name(found) + ", the mutation expects " + name(mutation.expected->lastWrite),
                             Retry::AfterChange));
}

}  // namespace Satchel::Core
