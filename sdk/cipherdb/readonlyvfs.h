// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

namespace Satchel::CipherDb {

/// Name of a VFS that reads the system's files and changes nothing: files are opened for reading only, locks are not taken, and the index
/// of a WAL, which SQLite otherwise keeps in a file beside it, lies in memory; a WAL that is not there is not made. For a store that nobody
/// has open. Thread-safe. nullptr if SQLite does not take it.
[[nodiscard]] const char *readOnlyVfsName();

}  // namespace Satchel::CipherDb
