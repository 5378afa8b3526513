// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

namespace Satchel::CipherDb {

/// Leaves nothing on this thread: neither keys or documents on its stack (wipeStack()), nor what OpenSSL keeps for each thread that has
/// used it. Call it last on every thread that opened a store, and that QThread or QThreadPool ends.
///
/// OpenSSL would free its part by itself when the thread ends, but also when the process exits, without a lock between the two; and
/// QThread::wait() returns before a thread has come to its end. A process that exits just then would free the same memory twice.
void endThread();

}  // namespace Satchel::CipherDb
