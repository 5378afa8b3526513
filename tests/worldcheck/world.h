// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "auditledger.h"
#include "device.h"
#include "ledger.h"
#include "machine.h"
#include "network.h"
#include "script.h"

#include <memory>
#include <vector>

namespace Satchel::WorldCheck {

/// Devices, users and a server in one process, one thread and virtual time.
class World {
public:
    World(const Script &script, bool isPrinted);
    ~World();

    /// The safety phase: the script's steps, with invariants after each. Then the healed phase: everything works again, and within bounds
    /// the world is quiet, converged, and owes nobody anything. Throws Violation.
    void run();

    [[nodiscard]] std::uint64_t traceHash() const { return m_trace.hash(); }
    /// Pieces of work done, steps included.
    [[nodiscard]] std::uint64_t workCount() const { return m_workCount; }

private:
    friend class Invariants;

    void perform(const Step &step);
    void performOnDevice(const Step &step, Device &device, Rng &rng);
    void disturb(const Step &step, Device &device, Rng &rng);
    void performOnServer(const Step &step, Rng &rng);
    void restoreServer(Rng &rng);
    void compactLog(Rng &rng);
    void operatorReads(const Device &device, Rng &rng);
    void writeSomething(Device &device, Rng &rng);
    void writeStrongly(Device &device, Rng &rng);
    void syncAndRead(Device &device);
    void settleQuarantine(Device &device, Rng &rng);
    void clone(const Device &device);
    Device &addDevice(int user);
    void startAll();

    /// Up to `count` pieces of work in an order that `rng` picks; waits for the next by letting time pass, until `until`.
    void work(std::uint64_t count, Time until, Rng &rng);
    bool workOnce(Time until, Rng &rng);
    [[nodiscard]] std::optional<Time> nextTime() const;
    void noticeDeaths();
    void checkNow();

    void heal();
    void restartFailed(bool isProbing);
    [[nodiscard]] bool isQuiet() const;
    [[nodiscard]] std::string describeUnrest() const;

    Script m_script;
    Trace m_trace;
    Time m_now{0};
    Rng m_rng;
    Ledger m_ledger;
    AuditLedger m_audit;
    Network m_network;
    Machine m_machine;
    std::vector<std::unique_ptr<Device>> m_devices;
    std::optional<Testing::SimulatedDisk::Image> m_backup;
    bool m_hasCopies = false;
    std::uint64_t m_policyVersion = 1;
    std::uint64_t m_workCount = 0;
};

/// The policies that the world's server has at their version; only the collection "morph" changes with it.
[[nodiscard]] Core::PolicySet worldPolicies(std::uint64_t version);

}  // namespace Satchel::WorldCheck
