// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "sqliteerror.h"

#include <sqlcipher/sqlite3.h>

#include <cerrno>
#include <string>

namespace Satchel::CipherDb {

using Core::ErrorCode;
using Core::ErrorReason;
using Core::makeError;
using Core::Retry;

namespace {

/// The WAL's index is memory that happens to have a file: having no room for it endangers nothing that is on the disk.
bool isIndexWithoutRoom(int extendedResult, sqlite3 *handle)
{
    const int errorNumber = extendedResult == SQLITE_IOERR_SHMSIZE && handle != nullptr ? sqlite3_system_errno(handle) : 0;
    return errorNumber == ENOSPC || errorNumber == EDQUOT;
}

}  // namespace

bool isIoError(int extendedResult, sqlite3 *handle)
{
    return (extendedResult & 0xff) == SQLITE_IOERR && extendedResult != SQLITE_IOERR_NOMEM && !isIndexWithoutRoom(extendedResult, handle);
}

Core::Error sqliteError(int extendedResult, sqlite3 *handle)
{
    const std::string number = " (SQLite result " + std::to_string(extendedResult) + ")";
    switch (isIndexWithoutRoom(extendedResult, handle) ? SQLITE_FULL : extendedResult & 0xff) {
    case SQLITE_FULL:
        return makeError(ErrorCode::ResourceExhausted, ErrorReason::StorageFull, "no room left for the store" + number, Retry::AfterChange);
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return makeError(ErrorCode::PermissionDenied, ErrorReason::StorageReadOnly, "the store cannot be written" + number,
                         Retry::AfterChange);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return makeError(ErrorCode::DataLoss, ErrorReason::StoreDamaged, "a page of the store fails its check" + number,
                         Retry::AfterChange);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return makeError(ErrorCode::Unavailable, ErrorReason::StoreLocked, "the store is in use" + number, Retry::Later);
    case SQLITE_IOERR:
        if (extendedResult != SQLITE_IOERR_NOMEM)
            return makeError(ErrorCode::Unavailable, ErrorReason::StorageIo, "the disk answered with an error" + number, Retry::Later);
        [[fallthrough]];
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
        return makeError(ErrorCode::ResourceExhausted, ErrorReason::LimitExceeded, "out of memory, or a value is too big" + number);
    case SQLITE_CONSTRAINT: {
        const bool isUnique = extendedResult == SQLITE_CONSTRAINT_UNIQUE || extendedResult == SQLITE_CONSTRAINT_PRIMARYKEY ||
                              extendedResult == SQLITE_CONSTRAINT_ROWID;
        return makeError(isUnique ? ErrorCode::AlreadyExists : ErrorCode::FailedPrecondition, ErrorReason::None,
                         sqlite3_errmsg(handle) + number);
    }
    case SQLITE_INTERRUPT:
        return makeError(ErrorCode::Cancelled, ErrorReason::None, "interrupted" + number);
    default:
        return makeError(ErrorCode::Internal, ErrorReason::None, (handle ? sqlite3_errmsg(handle) : "SQLite failed") + number);
    }
}

}  // namespace Satchel::CipherDb
