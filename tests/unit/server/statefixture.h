// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "historyservice.h"

#include <QObject>

#include <map>
#include <memory>

namespace Satchel::Test {

[[nodiscard]] inline Core::DeviceId deviceId(int number)
{
    Core::DeviceId device;
    device.bytes[0] = 9;
    device.bytes[15] = static_cast<std::uint8_t>(number);
    return device;
}

/// Devices of one user that write, ten milliseconds between any two of their mutations.
class StateFixture : public QObject {
protected:
    void begin(Core::PolicySet policies)
    {
        m_service = std::make_unique<HistoryService>(std::move(policies));
        m_counters.clear();
    }
    /// The place of the event. `seen` are the dots that the device has seen.
    std::uint64_t write(int device, const std::string &collection, const std::string &key, std::vector<Core::Op> ops,
                        const std::vector<Core::Dot> &seen = {})
    {
        m_service->clock.time += std::chrono::milliseconds(10);
        Core::Mutation mutation;
        mutation.dot = {deviceId(device), ++m_counters[device]};
        mutation.stamp = Core::Hlc::fromParts(static_cast<std::uint64_t>(m_service->clock.time.count()), 0);
        mutation.document = {collection, key};
        mutation.ops = std::move(ops);
        for (const Core::Dot &dot : seen) {
            mutation.context.add(dot);
        }
        return m_service->push(m_user, {mutation}).seqs.front();
    }
    std::uint64_t put(int device, const std::string &collection, const std::string &key, const std::string &field, const std::string &text,
                      const std::vector<Core::Dot> &seen = {})
    {
        return write(device, collection, key, {Core::PutOp{field, Core::Value(text)}}, seen);
    }

    const Core::UserId m_user{"t", "anna"};
    std::unique_ptr<HistoryService> m_service;

private:
    std::map<int, std::uint64_t> m_counters;
};

}  // namespace Satchel::Test
