// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "livestate.h"

#include "client/values.h"
#include "core/edit.h"
#include "core/merge.h"
#include "core/view.h"

#include <QPointer>

#include <algorithm>
#include <utility>

namespace Satchel::Live {

namespace {

std::size_t shownBytes(const Core::Document &document, const Core::Policy &policy)
{
    std::size_t total = 0;
    for (const Core::Document::Field &field : document.fields) {
        if (policy.kindOf(field.name) == Core::FieldKind::Register) {
            // The usual case, without the copy that shownValue makes.
            const Core::Sibling *sibling = Core::provisional(field.state);
            total += field.name.size() + (sibling && sibling->value ? sibling->value->sizeBytes() : 0);
        } else if (const auto value = Core::shownValue(field.state, policy.kindOf(field.name))) {
            total += field.name.size() + value->sizeBytes();
        }
    }
    return total;
}

std::size_t opBytes(const Core::Op &op)
{
    const std::size_t name = Core::fieldOf(op).size();
    if (const auto *put = std::get_if<Core::PutOp>(&op)) {
        return name + put->value.sizeBytes();
    }
    if (const auto *addition = std::get_if<Core::AddOp>(&op)) {
        return name + addition->element.sizeBytes();
    }
    return name + sizeof(std::int64_t);
}

Core::Error closedStore()
{
    return Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::ClosedStore, "the client is not open",
                           Core::Retry::AfterChange);
}

Core::Error strongInBatch(const Shelf &shelf)
{
    return Core::makeError(Core::ErrorCode::FailedPrecondition, Core::ErrorReason::None,
                           "the collection " + shelf.nameUtf8 + " is strong: its documents are written one by one, not in a batch",
                           Core::Retry::AfterChange);
}

/// The same ops, with what they carry of the writer's view taken from what is seen now.
std::vector<Core::Op> refreshed(std::vector<Core::Op> ops, const Core::Document &seen, const Core::Policy &policy)
{
    for (Core::Op &op : ops) {
        if (const auto *removal = std::get_if<Core::RemoveOp>(&op)) {
            op = Core::removeOp(seen, policy, removal->field);
        }
    }
    return ops;
}

}  // namespace

Core::Result<Core::MutationPtr> LiveState::prepare(const Shelf &shelf, const QString &key, const Entry *known, const Editor &editor)
{
    if (!m_journal) {
        return Core::failure(closedStore());
    }
    static const Core::Document absent;
    const Core::Document &view = known ? known->view() : absent;
    auto edit = editor(view, shelf.policy);
    if (!edit) {
        return Core::failure(std::move(edit.error()));
    }
    if (edit->ops.empty()) {
        // Nothing to do is still an answer about the names, so that a typing error does not hide behind it.
        auto checked = Core::validateCollectionName(shelf.nameUtf8, m_limits);
        if (checked) {
            checked = Core::validateKey(key.toStdString(), m_limits);
        }
        return checked ? Core::Result<MutationPtr>(nullptr) : Core::failure(std::move(checked.error()));
    }
    return compose(shelf, key, view, std::move(*edit));
}

Core::Result<void> LiveState::check(const Shelf &shelf, const QString &key, const Editor &editor)
{
    auto mutation = prepare(shelf, key, shelf.find(key), editor);
    return mutation ? Core::Result<void>() : Core::failure(std::move(mutation.error()));
}

void LiveState::write(Shelf &shelf, const QString &key, const Editor &editor, WhenOffline whenOffline, Done done)
{
    Entry *known = shelf.find(key);
    auto mutation = prepare(shelf, key, known, editor);
    if (!mutation || !*mutation) {
        done(mutation ? Core::Result<void>() : Core::failure(std::move(mutation.error())));
        return;
    }
    const bool isStrong = shelf.policy.consistency == Core::Consistency::Strong;
    if (isStrong && whenOffline == WhenOffline::Refuse && !m_isOnline) {
        done(Core::failure(Core::unavailable(Core::ErrorReason::OfflineStrongWrite,
                                             "a strong collection is written with a connection only, or with WhenOffline::Queue")));
        return;
    }
    if (isStrong) {
        m_waiting.emplace((*mutation)->dot.counter, std::exchange(done, nullptr));
    }
    // While it is shown here the journal is at work already.
    hand({*mutation}, std::move(done));
    enqueue(known ? *known : entryOf(shelf, key), *mutation);
}

void LiveState::writeAll(const std::vector<WriteRequest> &requests, Done done)
{
    std::vector<MutationPtr> mutations;
    mutations.reserve(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const auto &[shelf, key, editor] = requests[i];
        const bool isStrong = shelf->policy.consistency == Core::Consistency::Strong;
        Entry *known = shelf->find(key);
        auto mutation = isStrong ? Core::failure(strongInBatch(*shelf)) : prepare(*shelf, key, known, editor);
        if (!mutation) {
            if (!mutations.empty()) {
                takeBack(mutations.front());
            }
            Core::Error error = std::move(mutation.error());
            error.detail = "write " + std::to_string(i + 1) + " of " + std::to_string(requests.size()) + ": " + error.detail;
            done(Core::failure(std::move(error)));
            return;
        }
        if (*mutation) {
            enqueue(known ? *known : entryOf(*shelf, key), *mutation);
            mutations.push_back(std::move(*mutation));
        }
    }
    if (mutations.empty()) {
        done({});
    } else {
        hand(std::move(mutations), std::move(done));
    }
}

Core::Result<Core::MutationPtr> LiveState::compose(const Shelf &shelf, const QString &key, const Core::Document &seen, Edit edit)
{
    auto keyUtf8 = toUtf8(key, "the key");
    if (!keyUtf8) {
        return Core::failure(std::move(keyUtf8.error()));
    }
    if (!shelf.name.isValidUtf16()) {
        return Core::failure(Core::invalidArgument(Core::ErrorReason::InvalidUtf8, "the collection name holds a lone surrogate"));
    }
    if (shelf.policy.conflict == Core::ConflictRule::LastWriter && edit.scope == Core::Scope::Fields) {
        auto whole = Core::wholeDocumentOps(seen, shelf.policy, std::move(edit.ops));
        if (!whole) {
            return Core::failure(std::move(whole.error()));
        }
        edit = Edit{std::move(*whole), Core::Scope::Document};
    }
    const auto made = std::make_shared<Core::Mutation>();
    Core::Mutation &mutation = *made;
    mutation.dot = Core::Dot{m_device, m_lastCounter + 1};
    mutation.stamp = m_clock.tick(m_wallClock());
    mutation.document = Core::DocumentId{shelf.nameUtf8, std::move(*keyUtf8)};
    mutation.context = seen.context;
    mutation.ops = std::move(edit.ops);
    mutation.scope = edit.scope;
    mutation.policyVersion = shelf.policy.version;
    if (shelf.policy.consistency == Core::Consistency::Strong) {
        mutation.expected = Core::Expectation{seen.lastWrite ? std::optional(seen.lastWrite->dot) : std::nullopt};
    }
    if (auto checked = Core::validate(mutation, shelf.policy, m_limits); !checked) {
        return Core::failure(std::move(checked.error()));
    }
    if (auto checked = checkDocument(shelf, seen, mutation); !checked) {
        return Core::failure(std::move(checked.error()));
    }
    return made;
}

Core::Result<void> LiveState::checkDocument(const Shelf &shelf, const Core::Document &seen, const Core::Mutation &mutation) const
{
    std::size_t bytesAtMost = shownBytes(seen, shelf.policy);
    for (const Core::Op &op : mutation.ops) {
        bytesAtMost += opBytes(op);
    }
    if (bytesAtMost <= m_limits.documentBytesMax && seen.fields.size() + mutation.ops.size() <= m_limits.fieldCountMax) {
        return {};
    }
    // The sum counts what is replaced twice; near the limit the result itself is looked at.
    Core::Document result = seen;
    Core::apply(result, mutation, shelf.policy);
    const Core::Value::Map shown = Core::shownFields(result, shelf.policy);
    if (shown.size() > m_limits.fieldCountMax) {
        return Core::failure(Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::LimitExceeded,
                                             "the document would have too many fields"));
    }
    if (shownBytes(result, shelf.policy) > m_limits.documentBytesMax) {
        return Core::failure(
            Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::LimitExceeded, "the document would be too large"));
    }
    return {};
}

void LiveState::enqueue(Entry &entry, const MutationPtr &mutation)
{
    touch(entry);
    m_lastCounter = mutation->dot.counter;
    if (!entry.folded) {
        entry.folded = entry.base;
    }
    Core::apply(*entry.folded, *mutation, entry.shelf->policy);
    addPending(entry, mutation);
    entry.pending.push_back(mutation);
}

void LiveState::hand(std::vector<MutationPtr> mutations, Done done)
{
    MutationPtr first = mutations.front();
    m_journal->write(std::move(mutations), [self = QPointer(this), generation = m_generation, first = std::move(first),
                                            done = std::move(done)](Core::Result<void> durable) {
        if (self && self->m_generation == generation) {
            self->finish(first, std::move(durable), done);
        } else if (done) {
            done(std::move(durable));
        }
    });
}

void LiveState::finish(const MutationPtr &first, Core::Result<void> durable, const Done &done)
{
    if (!durable) {
        const std::uint64_t counter = takeBack(first);
        if (const auto waiting = m_waiting.extract(counter != 0 ? counter : first->dot.counter)) {
            waiting.mapped()(durable);
        }
    }
    if (done) {
        done(std::move(durable));
    }
}

std::uint64_t LiveState::takeBack(const MutationPtr &first)
{
    // Told apart by address: the numbers of writes that were not stored are used again. One that has got a second name since is another
    // object, which tells the first name.
    const auto isFirst = [&](const PendingWrite &write) {
        const auto &origin = write.mutation->origin;
        return write.mutation == first || (origin && origin->dot == first->dot && origin->stamp == first->stamp);
    };
    const auto begin = std::find_if(m_pending.begin(), m_pending.end(), isFirst);
    if (begin == m_pending.end()) {
        return 0;
    }
    const std::uint64_t counter = begin->mutation->dot.counter;
    // The journal keeps the order: when a write was not stored, those after it will not be either. Their own answers are on the way.
    std::unordered_set<Entry *> toRefold;
    for (auto it = begin; it != m_pending.end(); ++it) {
        touch(*it->entry);
        std::erase(it->entry->pending, it->mutation);
        toRefold.insert(it->entry);
        uncount(*it);
    }
    m_pending.erase(begin, m_pending.end());
    for (Entry *entry : toRefold) {
        refold(*entry);
    }
    m_lastCounter = counter - 1;
    return counter;
}

void LiveState::retryQuarantined(Core::Dot dot, Done done)
{
    const auto it =
        std::find_if(m_quarantine.begin(), m_quarantine.end(), [&](const Sync::Quarantined &item) { return item.mutation.dot == dot; });
    if (it == m_quarantine.end()) {
        done(Core::failure(Core::makeError(Core::ErrorCode::NotFound, Core::ErrorReason::None, "there is no such refused write")));
        return;
    }
    const Core::Mutation old = it->mutation;
    const Editor again = [&old](const Core::Document &seen, const Core::Policy &policy) -> Core::Result<Edit> {
        auto ops = refreshed(old.ops, seen, policy);
        // What it said about the whole document was about another view; its field changes are what was meant.
        return Edit{std::move(ops), policy.conflict == Core::ConflictRule::LastWriter ? Core::Scope::Fields : old.scope};
    };
    write(*shelf(toQString(old.document.collection)), toQString(old.document.key), again, WhenOffline::Queue,
          [self = QPointer(this), dot, done = std::move(done)](Core::Result<void> written) {
              if (written && self) {
                  self->discardQuarantined(dot, done);
              } else {
                  done(std::move(written));
              }
          });
}

void LiveState::discardQuarantined(Core::Dot dot, Done done)
{
    const auto hasDot = [dot](const Sync::Quarantined &item) { return item.mutation.dot == dot; };
    if (std::none_of(m_quarantine.begin(), m_quarantine.end(), hasDot)) {
        done(Core::failure(Core::makeError(Core::ErrorCode::NotFound, Core::ErrorReason::None, "there is no such refused write")));
        return;
    }
    if (!m_journal) {
        done(Core::failure(closedStore()));
        return;
    }
    m_journal->discardQuarantined(dot, [self = QPointer(this), hasDot, done = std::move(done)](Core::Result<void> discarded) {
        if (discarded && self && std::erase_if(self->m_quarantine, hasDot) > 0) {
            Q_EMIT self->quarantineChanged();
        }
        done(std::move(discarded));
    });
}

}  // namespace Satchel::Live
