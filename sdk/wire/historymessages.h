// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "wire/adminmessages.h"

/// Requests and responses about what was, as plain values; proto/satchel/v1/history.proto documents every member.
namespace Satchel::Wire::Admin {

/// Neither: now.
struct HistoryPoint {
    std::optional<std::uint64_t> seq;
    std::optional<std::chrono::milliseconds> time;
    friend bool operator==(const HistoryPoint &, const HistoryPoint &) = default;
};

enum class OpKind : std::uint8_t { Unknown = 0, Put = 1, Remove = 2, Increment = 3, Add = 4, Discard = 5 };

struct OpView {
    std::string field;
    OpKind kind = OpKind::Unknown;
    std::optional<Core::Value> value;
    std::int64_t delta = 0;
    bool isMasked = false;
    friend bool operator==(const OpView &, const OpView &) = default;
};

struct LostValue {
    std::string field;
    SiblingView sibling;
    bool wasConcurrent = false;
    Core::Dot winner;
    friend bool operator==(const LostValue &, const LostValue &) = default;
};

struct SeenWriter {
    Core::DeviceId device;
    std::uint64_t counter = 0;
    std::string deviceName;
    friend bool operator==(const SeenWriter &, const SeenWriter &) = default;
};

struct HistoryEvent {
    std::uint64_t seq = 0;
    std::string collection;
    std::string key;
    std::optional<Core::Dot> dot;  ///< none: a state that a device brought back
    std::string deviceName;
    bool isOperator = false;
    std::chrono::milliseconds written{0};
    std::chrono::milliseconds settled{0};
    std::chrono::milliseconds received{0};
    bool isWholeDocument = false;
    std::vector<OpView> ops;
    std::vector<LostValue> lost;
    std::uint64_t policyVersion = 0;
    friend bool operator==(const HistoryEvent &, const HistoryEvent &) = default;
};

struct StateHistoryRequest {
    std::string user;
    std::string collection;
    std::string key;
    PageRequest page;
    friend bool operator==(const StateHistoryRequest &, const StateHistoryRequest &) = default;
};

struct StateHistoryResponse {
    std::vector<HistoryEvent> events;
    std::string nextToken;
    std::uint64_t beginsAfterSeq = 0;
    friend bool operator==(const StateHistoryResponse &, const StateHistoryResponse &) = default;
};

struct DocumentView {
    std::string collection;
    std::string key;
    std::uint64_t seq = 0;
    std::chrono::milliseconds updated{0};
    std::vector<FieldView> fields;
    Core::ConflictRule rule = Core::ConflictRule::Merge;
    friend bool operator==(const DocumentView &, const DocumentView &) = default;
};

struct StateAtRequest {
    std::string user;
    std::string collection;
    std::string key;
    HistoryPoint at;
    PageRequest page;
    friend bool operator==(const StateAtRequest &, const StateAtRequest &) = default;
};

struct StateAtResponse {
    std::uint64_t seq = 0;
    std::vector<DocumentView> documents;
    std::string nextToken;
    friend bool operator==(const StateAtResponse &, const StateAtResponse &) = default;
};

enum class FieldChangeKind : std::uint8_t { Unknown = 0, Added = 1, Removed = 2, Changed = 3 };

struct FieldChange {
    std::string user;
    std::string collection;
    std::string key;
    std::string field;
    FieldChangeKind kind = FieldChangeKind::Unknown;
    std::optional<Core::Value> before;
    std::optional<Core::Value> after;
    bool isMasked = false;
    friend bool operator==(const FieldChange &, const FieldChange &) = default;
};

struct StateDiffRequest {
    std::string user;
    std::string collection;
    std::string key;
    HistoryPoint from;
    HistoryPoint to;
    PageRequest page;
    friend bool operator==(const StateDiffRequest &, const StateDiffRequest &) = default;
};

struct StateDiffResponse {
    std::uint64_t fromSeq = 0;
    std::uint64_t toSeq = 0;
    std::vector<FieldChange> changes;
    std::string nextToken;
    friend bool operator==(const StateDiffResponse &, const StateDiffResponse &) = default;
};

struct StateExplainRequest {
    std::string user;
    std::string collection;
    std::string key;
    std::string field;
    friend bool operator==(const StateExplainRequest &, const StateExplainRequest &) = default;
};

enum class WinnerReason : std::uint8_t {
    Nothing = 0,
    SeenAll = 1,
    GreatestStamp = 2,
    GreatestDot = 3,
    GreatestDocument = 4,
    Provisional = 5,
    AllCount = 6,
};

struct ExplainedWrite {
    SiblingView sibling;
    std::uint64_t seq = 0;
    std::chrono::milliseconds claimed{0};
    bool isOperator = false;
    bool isShown = false;
    std::vector<SeenWriter> saw;
    std::vector<LostValue> overwrote;
    friend bool operator==(const ExplainedWrite &, const ExplainedWrite &) = default;
};

struct StateExplainResponse {
    Core::FieldKind kind = Core::FieldKind::Register;
    Core::ConflictRule rule = Core::ConflictRule::Merge;
    std::optional<Core::Value> value;
    bool isConflicted = false;
    WinnerReason reason = WinnerReason::Nothing;
    std::vector<ExplainedWrite> writes;
    std::vector<LostValue> lost;
    bool isMasked = false;
    friend bool operator==(const StateExplainResponse &, const StateExplainResponse &) = default;
};

struct OperatorWritten {
    std::string user;
    std::uint64_t firstSeq = 0;
    std::uint64_t lastSeq = 0;
    friend bool operator==(const OperatorWritten &, const OperatorWritten &) = default;
};

struct StateRestoreRequest {
    std::string user;
    std::string collection;
    std::string key;
    std::string field;
    HistoryPoint to;
    bool isDryRun = false;
    std::string token;
    friend bool operator==(const StateRestoreRequest &, const StateRestoreRequest &) = default;
};

struct StateRestoreResponse {
    std::uint64_t seq = 0;
    std::vector<FieldChange> changes;
    std::string token;
    OperatorWritten written;
    friend bool operator==(const StateRestoreResponse &, const StateRestoreResponse &) = default;
};

struct StateUndoRequest {
    std::string user;
    std::uint64_t firstSeq = 0;
    std::uint64_t lastSeq = 0;
    bool isDryRun = false;
    std::string token;
    friend bool operator==(const StateUndoRequest &, const StateUndoRequest &) = default;
};

struct StateUndoResponse {
    std::vector<FieldChange> changes;
    std::vector<FieldChange> kept;
    std::string token;
    OperatorWritten written;
    friend bool operator==(const StateUndoResponse &, const StateUndoResponse &) = default;
};

}  // namespace Satchel::Wire::Admin
