// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "server-stub/auth/access.h"
#include "server-stub/sync/hub.h"
#include "server-stub/sync/pushpipeline.h"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace Satchel::Server {

/// The policies in force, and the one way to change them while the server runs. Thread-safe.
class PolicyKeeper {
public:
    /// `isFile`: they come from a file, and change with it only. `homeTenant`: whose operators may read and change them.
    PolicyKeeper(Store &store, PushPipeline &pipeline, Hub &hub, std::shared_ptr<const Policies> policies, bool isFile,
                 std::string homeTenant);

    [[nodiscard]] Access current() const;
    [[nodiscard]] bool isFile() const { return m_isFile; }
    [[nodiscard]] const std::string &homeTenant() const { return m_homeTenant; }

    struct Change {
        Policies policies;
        std::optional<std::uint64_t> expectedVersion;  ///< FAILED_PRECONDITION if another one is in force
        std::string author;                            ///< empty: a file
        std::optional<Wire::AuditRecord> record;
    };
    /// In force, and known to every session, when `done` is told. FAILED_PRECONDITION if the version is not higher than the one in force.
    void change(Change change, std::function<void(Core::Result<void>)> done);

private:
    void put(std::shared_ptr<const Policies> policies);

    Store &m_store;
    PushPipeline &m_pipeline;
    Hub &m_hub;
    const bool m_isFile;
    const std::string m_homeTenant;
    mutable std::mutex m_mutex;
    std::shared_ptr<const Policies> m_policies;
};

}  // namespace Satchel::Server
