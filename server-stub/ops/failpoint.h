// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <atomic>
#include <string_view>

namespace Satchel::Server {

/// A place where a test makes the process die, as a power cut would. Does nothing unless armed; only --test-failpoints arms it.
class Failpoint {
public:
    /// `specification` is NAME or NAME:N, which dies at the Nth passing. True if it names this place.
    bool arm(std::string_view name, std::string_view specification);
    /// Passes the place. Thread-safe.
    void pass();

private:
    std::atomic<int> m_passesLeft{0};
};

}  // namespace Satchel::Server
