// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "resolving.h"

#include "logging.h"
#include "values.h"

#include <algorithm>
#include <array>
#include <memory>

namespace Satchel {

namespace {

std::vector<Core::Dot> dotsOf(const Core::FieldState &state)
{
    std::vector<Core::Dot> dots;
    dots.reserve(state.siblings.size());
    for (const Core::Sibling &sibling : state.siblings) {
        dots.push_back(sibling.dot);
    }
    return dots;
}

bool has(const std::vector<Core::Dot> &dots, const Core::Dot &dot)
{
    return std::binary_search(dots.begin(), dots.end(), dot);
}

}  // namespace

Live::Edit resolvingEdit(const std::string &field, const std::optional<Core::Value> &value)
{
    Live::Edit edit;
    if (value) {
        edit.ops.emplace_back(Core::PutOp{field, *value});
    } else {
        edit.ops.emplace_back(Core::RemoveOp{field, {}});
    }
    return edit;
}

Resolving::Resolving(QHash<QString, ConflictResolver> resolvers, Live::LiveState &live, QObject *parent)
    : QObject(parent)
    , m_resolvers(std::move(resolvers))
    , m_live(live)
{
    m_resolvers.removeIf([](const auto &item) { return !item.value(); });
    if (m_resolvers.isEmpty()) {
        connect(&m_live, &Live::LiveState::conflictsChanged, this, &Resolving::openConflictsChanged);
    } else {
        connect(&m_live, &Live::LiveState::conflictsChanged, this, &Resolving::run);
    }
}

bool Resolving::isLeftOpen(const Live::Entry &entry, const std::string &field, const Core::FieldState &state) const
{
    if (entry.shelf->policy.conflict != Core::ConflictRule::Custom || !m_resolvers.contains(entry.shelf->name)) {
        return true;
    }
    const auto known = m_attempts.find(Place(entry.shelf->name, entry.key, field));
    return known != m_attempts.end() && known->second.candidates == dotsOf(state);
}

void Resolving::forget()
{
    m_attempts.clear();
    m_warned.clear();
}

void Resolving::run()
{
    if (m_resolvers.isEmpty() || !m_live.isAttached() || m_isRunning) {
        return;
    }
    m_isRunning = true;
    const std::vector<Question> batch = questions();
    for (const Question &question : batch) {
        settle(question);
    }
    m_isRunning = false;
    if (batch.size() == batchMax) {
        QMetaObject::invokeMethod(this, &Resolving::run, Qt::QueuedConnection);
    }
    forgetSettled();
    tellOpen();
}

std::vector<Resolving::Question> Resolving::questions()
{
    // All are copied before the first one is asked: documents change under whoever writes.
    std::vector<Question> asked;
    for (auto it = m_resolvers.cbegin(); it != m_resolvers.cend(); ++it) {
        m_live.visitConflicts(it.key(), [&](const Live::Entry &entry, const std::string &field, const Core::FieldState &state) {
            if (asked.size() < batchMax && !isLeftOpen(entry, field, state)) {
                asked.push_back(
                    {Place(entry.shelf->name, entry.key, field), conflictOf(entry, field, state, m_live.device()), dotsOf(state)});
            }
        });
    }
    return asked;
}

void Resolving::settle(const Question &question)
{
    Attempt &attempt = m_attempts[question.place];
    const bool isComeback = attempt.resolution && has(question.candidates, *attempt.resolution);
    attempt.comebacks = isComeback ? attempt.comebacks + 1 : 0;
    attempt.candidates = question.candidates;
    if (attempt.comebacks > comebacksMax) {
        warn(question.conflict.collection, Trouble::ComesBack);
        return;
    }
    if (wasRefused(question)) {
        return;
    }
    if (const auto resolution = ask(question)) {
        write(question, *resolution);
    }
}

std::optional<Resolution> Resolving::ask(const Question &question)
{
    try {
        return m_resolvers.value(question.conflict.collection)(question.conflict);
    } catch (...) {
        warn(question.conflict.collection, Trouble::Threw);
        return std::nullopt;
    }
}

void Resolving::write(const Question &question, const Resolution &resolution)
{
    std::optional<Core::Value> value;
    if (!resolution.isRemoval) {
        auto converted = toValue(resolution.value);
        if (!converted) {
            warn(question.conflict.collection, Trouble::NotRepresentable);
            return;
        }
        value = std::move(*converted);
    }
    const std::string &field = std::get<std::string>(question.place);
    bool isStale = false;
    const auto editor = [&](const Core::Document &seen, const Core::Policy &) -> Core::Result<Live::Edit> {
        // Only what the resolver was shown may be replaced by what it said.
        const Core::FieldState *state = seen.find(field);
        isStale = !state || dotsOf(*state) != question.candidates;
        return isStale ? Live::Edit{} : resolvingEdit(field, value);
    };
    Live::Shelf &shelf = *m_live.shelf(question.conflict.collection);
    // The journal may answer long after this has returned; what LiveState refuses, it refuses at once.
    const auto isRefused = std::make_shared<bool>(false);
    m_live.write(shelf, question.conflict.key, std::cref(editor), Live::WhenOffline::Queue,
                 [isRefused](const Core::Result<void> &outcome) { *isRefused = !outcome; });
    if (*isRefused) {
        warn(question.conflict.collection, Trouble::NotWritable);
        return;
    }
    const Live::Entry *entry = shelf.find(question.conflict.key);
    if (!isStale && entry && !entry->pending.empty()) {
        m_attempts[question.place].resolution = entry->pending.back()->dot;
    }
}

bool Resolving::wasRefused(const Question &question) const
{
    // Told from the quarantine, so that it holds in the next openings too: each would add one more refused write.
    const Core::DocumentId document{question.conflict.collection.toStdString(), question.conflict.key.toStdString()};
    return std::ranges::any_of(m_live.quarantine(), [&](const Sync::Quarantined &item) {
        const Core::Mutation &mutation = item.mutation;
        return mutation.document == document && mutation.ops.size() == 1 &&
               Core::fieldOf(mutation.ops.front()) == std::get<std::string>(question.place) &&
               std::ranges::all_of(question.candidates, [&](const Core::Dot &dot) { return mutation.context.covers(dot); });
    });
}

void Resolving::forgetSettled()
{
    if (m_attempts.size() <= attemptsMax) {
        return;
    }
    std::map<Place, Attempt> open;
    m_live.visitConflicts({}, [&](const Live::Entry &entry, const std::string &field, const Core::FieldState &) {
        if (auto known = m_attempts.extract(Place(entry.shelf->name, entry.key, field))) {
            open.insert(std::move(known));
        }
    });
    m_attempts.swap(open);
}

void Resolving::tellOpen()
{
    std::vector<std::pair<Place, Dots>> open;
    m_live.visitConflicts({}, [&](const Live::Entry &entry, const std::string &field, const Core::FieldState &state) {
        if (isLeftOpen(entry, field, state)) {
            open.emplace_back(Place(entry.shelf->name, entry.key, field), dotsOf(state));
        }
    });
    std::sort(open.begin(), open.end());
    if (open != m_toldOpen) {
        m_toldOpen = std::move(open);
        Q_EMIT openConflictsChanged();
    }
}

void Resolving::warn(const QString &collection, Trouble trouble)
{
    // Once each: thousands of conflicts may have the same trouble. Keys, fields and values are the user's and stay out of logs.
    if (m_warned.contains({collection, int(trouble)})) {
        return;
    }
    m_warned.insert({collection, int(trouble)});
    static constexpr std::array texts{"it threw", "its value is not one that a field can hold", "its value was refused by the limits",
                                      "devices do not resolve alike and the conflict keeps coming back"};
    qCWarning(modelLog, "The resolver of collection %s leaves a conflict open: %s", qUtf8Printable(collection),
              texts.at(std::size_t(trouble)));
}

}  // namespace Satchel
