// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "arguments.h"

#include <Satchel/client.h>

#include <memory>

namespace Satchel::Cli {

/// An open client made from a command line.
class Session {
public:
    /// Reads key and token, opens the store. Blocks in a local event loop.
    [[nodiscard]] static Result<std::unique_ptr<Session>> open(const Arguments &arguments);

    [[nodiscard]] Client &client() { return *m_client; }
    /// Waits until everything is exchanged, as long as the command line says. Without a server, or offline: does nothing.
    [[nodiscard]] Result<void> sync();
    /// Puts the store under the key that the command line names.
    [[nodiscard]] Result<void> changeKey();
    /// Waits for a write to be durable.
    [[nodiscard]] static Result<void> await(const QFuture<Result<void>> &future);

private:
    explicit Session(const Arguments &arguments)
        : m_arguments(arguments)
    {
    }

    Arguments m_arguments;
    std::unique_ptr<Client> m_client;
};

}  // namespace Satchel::Cli
