// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "schema.h"

#include <array>

namespace Satchel::Sync {
namespace {

// Names and keys are blobs, so that they compare as bytes and may hold U+0000. Bases lie in the order they came in, so that a batch of new
// documents writes whole pages at the end; only the index, which is small, is touched at random. (A page costs its encryption.)
// The outbox holds blocks of mutations, by the counter of their last: writes that become durable together share a row, which costs several
// times what is in it. A block goes when its last is settled; identity.settled_through says how much of the first still counts.
constexpr CipherDb::Migration version1 = R"sql(
CREATE TABLE identity(
    id INTEGER PRIMARY KEY CHECK(id = 1),
    device BLOB NOT NULL,
    tenant BLOB NOT NULL,
    user BLOB NOT NULL,
    settled_through INTEGER NOT NULL,
    greatest_stamp INTEGER NOT NULL
);
CREATE TABLE progress(
    id INTEGER PRIMARY KEY CHECK(id = 1),
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    lease BLOB NOT NULL,
    generation INTEGER NOT NULL,
    snapshot_reason INTEGER NOT NULL,
    snapshot_head INTEGER NOT NULL,
    last_synced_ms INTEGER NOT NULL
);
CREATE TABLE policies(
    id INTEGER PRIMARY KEY CHECK(id = 1),
    policies BLOB NOT NULL
);
CREATE TABLE limits(
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE documents(
    id INTEGER PRIMARY KEY,
    collection BLOB NOT NULL,
    key BLOB NOT NULL,
    generation INTEGER NOT NULL,
    base BLOB NOT NULL
);
CREATE UNIQUE INDEX documents_by_name ON documents(collection, key);
CREATE TABLE outbox(
    last INTEGER PRIMARY KEY,
    first INTEGER NOT NULL,
    mutations BLOB NOT NULL
);
CREATE TABLE quarantine(
    device BLOB NOT NULL,
    counter INTEGER NOT NULL,
    mutation BLOB NOT NULL,
    code INTEGER NOT NULL,
    reason INTEGER NOT NULL,
    detail BLOB NOT NULL,
    retry INTEGER NOT NULL,
    refused_ms INTEGER NOT NULL,
    PRIMARY KEY(device, counter)
) WITHOUT ROWID;
CREATE TABLE recovery(
    collection BLOB NOT NULL,
    key BLOB NOT NULL,
    PRIMARY KEY(collection, key)
) WITHOUT ROWID;
)sql";

// What all rows of `documents` add up to, on a page of its own: a page of them that was put back in an older state no longer fits to it.
// The row is made when the store is read for the first time.
constexpr CipherDb::Migration version2 = R"sql(
CREATE TABLE seal(
    id INTEGER PRIMARY KEY CHECK(id = 1),
    documents INTEGER NOT NULL
);
)sql";

constexpr std::array<CipherDb::Migration, 2> steps{version1, version2};

}  // namespace

std::span<const CipherDb::Migration> storeMigrations()
{
    return steps;
}

}  // namespace Satchel::Sync
