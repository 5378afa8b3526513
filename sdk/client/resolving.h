// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "client/live/livestate.h"

#include <Satchel/conflict.h>

#include <QHash>
#include <QObject>
#include <QSet>

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace Satchel {

/// Asks the app's resolvers about the conflicts of `custom` collections, and writes what they answer. Of the client's thread.
///
/// Devices do this without knowing of each other. Those that resolve alike come to rest, since equal values are no conflict. Where they do
/// not, each sees its own resolution come back as a candidate; that is allowed `comebacksMax` times in a row. What has been tried is
/// remembered for one opening of the store, by the dots of the candidates.
class Resolving : public QObject {
    Q_OBJECT
public:
    Resolving(QHash<QString, ConflictResolver> resolvers, Live::LiveState &live, QObject *parent = nullptr);

    /// Whether a person is to decide: nobody else is asked, or has been asked in vain.
    [[nodiscard]] bool isLeftOpen(const Live::Entry &entry, const std::string &field, const Core::FieldState &state) const;

    /// A new opening of the store begins: everything may be tried again.
    void forget();
    /// Asks about what has not been tried. Runs by itself when the conflicts have changed.
    void run();

    static constexpr int comebacksMax = 3;
    /// Resolvers run in one turn of the event loop.
    static constexpr std::size_t batchMax = 256;
    static constexpr std::size_t attemptsMax = 10'000;

Q_SIGNALS:
    /// The conflicts that are left open are other ones.
    void openConflictsChanged();

private:
    using Dots = std::vector<Core::Dot>;
    using Place = std::tuple<QString, QString, std::string>;  ///< collection, key, field
    /// The last one made for a field.
    struct Attempt {
        Dots candidates;
        std::optional<Core::Dot> resolution;
        int comebacks = 0;
    };
    struct Question {
        Place place;
        Conflict conflict;
        Dots candidates;
    };
    enum class Trouble { Threw, NotRepresentable, NotWritable, ComesBack };

    [[nodiscard]] std::vector<Question> questions();
    void settle(const Question &question);
    [[nodiscard]] std::optional<Resolution> ask(const Question &question);
    void write(const Question &question, const Resolution &resolution);
    [[nodiscard]] bool wasRefused(const Question &question) const;
    void forgetSettled();
    void tellOpen();
    void warn(const QString &collection, Trouble trouble);

    QHash<QString, ConflictResolver> m_resolvers;
    Live::LiveState &m_live;
    std::map<Place, Attempt> m_attempts;
    std::vector<std::pair<Place, Dots>> m_toldOpen;
    QSet<std::pair<QString, int>> m_warned;
    bool m_isRunning = false;
};

[[nodiscard]] Conflict conflictOf(const Live::Entry &entry, const std::string &field, const Core::FieldState &state,
                                  Core::DeviceId ownDevice);
/// Ends the conflict of a field; without a value the field is removed.
[[nodiscard]] Live::Edit resolvingEdit(const std::string &field, const std::optional<Core::Value> &value);

}  // namespace Satchel
