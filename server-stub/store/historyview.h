// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/policy.h"
#include "core/result.h"
#include "server-stub/store/rows.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace Satchel::Server {

/// How far a user's log goes.
struct LogExtent {
    bool isKnown = false;  ///< there is such a user
    std::uint64_t head = 0;
    std::uint64_t begin = 0;  ///< what was before has become states: the earliest that can be told is the state at this place
};

/// The events of a document, or of a user, newest first.
struct EventsQuery {
    Core::UserId user;
    std::optional<Core::DocumentId> document;
    std::uint64_t from = UINT64_MAX;  ///< not after this place; for a document one of its own events, or from the newest
    std::size_t rowsMax = 100;
};

/// An event, or a state that a device brought back after a restore: then the mutation has the device in its dot and no ops.
struct LoggedEvent {
    EventRow event;
    bool isBroughtBack = false;
};

struct DocumentsAtQuery {
    Core::UserId user;
    std::string collection;  ///< empty: all
    std::optional<Core::DocumentId> after;
    std::uint64_t seq = 0;
    std::size_t rowsMax = 100;  ///< documents looked at
};

/// Documents by collection and key; those that had not been written yet are left out.
struct DocumentsAtPage {
    std::vector<DocumentRow> documents;
    std::optional<Core::DocumentId> last;  ///< the last that was looked at; none: there are no more
};

struct WriterNote {
    std::string name;
    bool isOperator = false;
};

/// What was. A point that the log has forgotten is OUT_OF_RANGE/HISTORY_EXPIRED, one beyond its end INVALID_ARGUMENT.
class HistoryView {
public:
    virtual ~HistoryView() = default;

    [[nodiscard]] virtual Core::Result<LogExtent> logExtent(const Core::UserId &user) = 0;
    /// Place of the last event that the server had taken by then.
    [[nodiscard]] virtual Core::Result<std::uint64_t> seqAt(const Core::UserId &user, std::chrono::milliseconds time) = 0;
    [[nodiscard]] virtual Core::Result<std::vector<LoggedEvent>> events(const EventsQuery &query) = 0;
    /// The event of a dot, if the log still has it.
    [[nodiscard]] virtual Core::Result<std::optional<EventRow>> event(const Core::UserId &user, const Core::Dot &dot) = 0;
    /// The document's row as it was; its seq is 0 if it had not been written yet.
    [[nodiscard]] virtual Core::Result<DocumentRow> documentAt(const Core::UserId &user, const Core::DocumentId &id, std::uint64_t seq,
                                                               const Core::PolicySet &policies) = 0;
    [[nodiscard]] virtual Core::Result<DocumentsAtPage> documentsAt(const DocumentsAtQuery &query, const Core::PolicySet &policies) = 0;
    /// Where the field became one in conflict; nothing if it is not.
    [[nodiscard]] virtual Core::Result<std::optional<ConflictMark>> conflictMark(const Core::UserId &user, const Core::DocumentId &id,
                                                                                 const std::string &field) = 0;
    /// What of a field a rule has made lose, newest first.
    [[nodiscard]] virtual Core::Result<std::vector<OverwrittenRow>> overwrittenOf(const Core::UserId &user, const Core::DocumentId &id,
                                                                                  const std::string &field, std::size_t rowsMax) = 0;
    [[nodiscard]] virtual Core::Result<std::map<Core::DeviceId, WriterNote>> writers(const Core::UserId &user) = 0;
};

}  // namespace Satchel::Server
