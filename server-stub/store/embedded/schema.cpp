// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "schema.h"

namespace Satchel::Server {

namespace {

constexpr CipherDb::Migration steps[] = {
    R"sql(
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE policies (tenant BLOB PRIMARY KEY, version INTEGER NOT NULL, policies BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE owners (
    id INTEGER PRIMARY KEY,
    tenant BLOB NOT NULL,
    user BLOB NOT NULL,
    head INTEGER NOT NULL DEFAULT 0,
    documents INTEGER NOT NULL DEFAULT 0,
    conflicts INTEGER NOT NULL DEFAULT 0,
    origins INTEGER NOT NULL DEFAULT 0,
    recovered INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL,
    seen_ms INTEGER NOT NULL,
    UNIQUE (tenant, user));

CREATE TABLE devices (
    id INTEGER PRIMARY KEY,
    owner INTEGER NOT NULL REFERENCES owners (id),
    device BLOB NOT NULL,
    last_counter INTEGER NOT NULL DEFAULT 0,
    newest_lease BLOB NOT NULL DEFAULT x'',
    presented_lease BLOB NOT NULL DEFAULT x'',
    cursor INTEGER NOT NULL DEFAULT 0,
    name BLOB NOT NULL DEFAULT x'',
    platform BLOB NOT NULL DEFAULT x'',
    app_version BLOB NOT NULL DEFAULT x'',
    sdk_version BLOB NOT NULL DEFAULT x'',
    seen_ms INTEGER NOT NULL DEFAULT 0,
    revoked INTEGER NOT NULL DEFAULT 0,
    epoch INTEGER NOT NULL DEFAULT 0,
    former_counter INTEGER NOT NULL DEFAULT 0,
    can_recover INTEGER NOT NULL DEFAULT 0,
    UNIQUE (owner, device));

CREATE TABLE events (
    owner INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    device INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    previous_seq INTEGER NOT NULL,
    collection BLOB NOT NULL,
    key BLOB NOT NULL,
    written INTEGER NOT NULL,
    settled INTEGER NOT NULL,
    received_ms INTEGER NOT NULL,
    mutation BLOB NOT NULL,
    PRIMARY KEY (owner, seq)) WITHOUT ROWID;
CREATE UNIQUE INDEX events_by_dot ON events (owner, device, counter);

CREATE TABLE unapplied (
    owner INTEGER NOT NULL,
    device INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    collection BLOB NOT NULL,
    key BLOB NOT NULL,
    written INTEGER NOT NULL,
    code INTEGER NOT NULL,
    reason INTEGER NOT NULL,
    message BLOB NOT NULL,
    retry INTEGER NOT NULL,
    PRIMARY KEY (owner, device, counter)) WITHOUT ROWID;

CREATE TABLE origins (
    owner INTEGER NOT NULL,
    device BLOB NOT NULL,
    counter INTEGER NOT NULL,
    stamp INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (owner, device, counter, stamp)) WITHOUT ROWID;

CREATE TABLE documents (
    owner INTEGER NOT NULL,
    collection BLOB NOT NULL,
    key BLOB NOT NULL,
    seq INTEGER NOT NULL,
    device BLOB NOT NULL,
    other_seq INTEGER NOT NULL,
    fields INTEGER NOT NULL,
    conflicts INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    state BLOB NOT NULL,
    PRIMARY KEY (owner, collection, key)) WITHOUT ROWID;
CREATE UNIQUE INDEX documents_by_seq ON documents (owner, seq);

CREATE TABLE open_conflicts (
    id INTEGER PRIMARY KEY,
    tenant BLOB NOT NULL,
    owner INTEGER NOT NULL,
    collection BLOB NOT NULL,
    key BLOB NOT NULL,
    field BLOB NOT NULL,
    seq INTEGER NOT NULL,
    detected_ms INTEGER NOT NULL,
    UNIQUE (owner, collection, key, field));
CREATE INDEX open_conflicts_by_tenant ON open_conflicts (tenant, id);

CREATE TABLE overwritten (
    id INTEGER PRIMARY KEY,
    tenant BLOB NOT NULL,
    owner INTEGER NOT NULL,
    collection BLOB NOT NULL,
    key BLOB NOT NULL,
    field BLOB NOT NULL,
    seq INTEGER NOT NULL,
    detected_ms INTEGER NOT NULL,
    winner BLOB NOT NULL,
    loser BLOB NOT NULL);
CREATE INDEX overwritten_by_tenant ON overwritten (tenant, id);
CREATE INDEX overwritten_by_owner ON overwritten (owner, id);
)sql",
    // Of a Merkle tree the complete nodes only, each once: what they say never changes.
    R"sql(
CREATE TABLE audit_logs (
    id INTEGER PRIMARY KEY,
    tenant BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL);

CREATE TABLE audit_records (
    log INTEGER NOT NULL REFERENCES audit_logs (id),
    place INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    actor BLOB NOT NULL,
    action BLOB NOT NULL,
    user BLOB NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (log, place)) WITHOUT ROWID;
CREATE INDEX audit_records_by_actor ON audit_records (log, actor);
CREATE INDEX audit_records_by_action ON audit_records (log, action);
CREATE INDEX audit_records_by_user ON audit_records (log, user);

CREATE TABLE audit_nodes (
    log INTEGER NOT NULL REFERENCES audit_logs (id),
    level INTEGER NOT NULL,
    place INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (log, level, place)) WITHOUT ROWID;
)sql",
    R"sql(
ALTER TABLE owners ADD COLUMN compacted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN settled_counter INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN compacted_counter INTEGER NOT NULL DEFAULT 0;

CREATE TABLE snapshots (
    owner INTEGER NOT NULL,
    collection BLOB NOT NULL,
    key BLOB NOT NULL,
    state BLOB NOT NULL,
    PRIMARY KEY (owner, collection, key)) WITHOUT ROWID;
)sql",
    // From here on rows may be sealed under their user's key (userrows.h).
    R"sql(
CREATE TABLE erasures (
    user BLOB PRIMARY KEY,
    erased_ms INTEGER NOT NULL) WITHOUT ROWID;

ALTER TABLE devices ADD COLUMN wiped INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN refused_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN refused_code INTEGER NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN refused_reason INTEGER NOT NULL DEFAULT 0;
)sql",
    // What operators order and filter lists by.
    R"sql(
ALTER TABLE audit_records ADD COLUMN code INTEGER;
CREATE INDEX audit_records_by_code ON audit_records (log, code) WHERE code > 0;
CREATE INDEX audit_records_without_code ON audit_records (log, place) WHERE code IS NULL;
CREATE INDEX owners_by_seen ON owners (tenant, seen_ms, user);
CREATE INDEX owners_by_conflicts ON owners (tenant, conflicts, user) WHERE conflicts > 0;
)sql",
    R"sql(
ALTER TABLE owners ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE owners ADD COLUMN attributes BLOB NOT NULL DEFAULT x'';
UPDATE owners SET bytes = coalesce((SELECT sum(length(state)) FROM documents WHERE documents.owner = owners.id), 0);

CREATE TABLE policy_versions (
    tenant BLOB NOT NULL,
    version INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    author BLOB NOT NULL,
    text BLOB NOT NULL,
    PRIMARY KEY (tenant, version)) WITHOUT ROWID;

CREATE TABLE approvals (
    tenant BLOB NOT NULL,
    id BLOB NOT NULL,
    requester BLOB NOT NULL,
    action BLOB NOT NULL,
    request_sha256 BLOB NOT NULL,
    user BLOB NOT NULL,
    collection BLOB NOT NULL,
    key BLOB NOT NULL,
    reason BLOB NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    state INTEGER NOT NULL,
    decider BLOB NOT NULL,
    decided_ms INTEGER NOT NULL,
    decision_reason BLOB NOT NULL,
    PRIMARY KEY (tenant, id)) WITHOUT ROWID;
CREATE INDEX approvals_by_time ON approvals (tenant, created_ms, id);
CREATE INDEX approvals_by_user ON approvals (tenant, user);
)sql",
    // States that the events alone do not give, as the rows of documents were (docs/decisions/0017); compaction writes them, in the place
    // of snapshots, which are only read any more.
    R"sql(
ALTER TABLE devices ADD COLUMN is_operator INTEGER NOT NULL DEFAULT 0;

CREATE TABLE checkpoints (
    owner INTEGER NOT NULL,
    collection BLOB NOT NULL,
    key BLOB NOT NULL,
    seq INTEGER NOT NULL,
    previous_seq INTEGER NOT NULL,
    device BLOB NOT NULL,
    other_seq INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    state BLOB NOT NULL,
    PRIMARY KEY (owner, collection, key, seq)) WITHOUT ROWID;
INSERT INTO checkpoints (owner, collection, key, seq, previous_seq, device, other_seq, updated_ms, state)
    SELECT d.owner, d.collection, d.key, d.seq,
        coalesce((SELECT e.previous_seq FROM events e WHERE e.owner = d.owner AND e.seq = d.seq), 0),
        d.device, d.other_seq, d.updated_ms, d.state
    FROM documents d JOIN owners o ON o.id = d.owner WHERE o.compacted > 0 OR o.recovered > 0;
)sql",
    R"sql(
ALTER TABLE devices ADD COLUMN token_expires_ms INTEGER NOT NULL DEFAULT 0;

CREATE TABLE notes (
    owner INTEGER NOT NULL,
    id BLOB NOT NULL,
    author BLOB NOT NULL,
    created_ms INTEGER NOT NULL,
    text BLOB NOT NULL,
    PRIMARY KEY (owner, id)) WITHOUT ROWID;
)sql",
};

}  // namespace

std::span<const CipherDb::Migration> embeddedSchema()
{
    return steps;
}

}  // namespace Satchel::Server
