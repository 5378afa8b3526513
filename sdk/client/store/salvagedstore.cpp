// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "salvagedstore.h"

#include "wire/codec.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <memory>

namespace Satchel::Sync {

namespace {

using CipherDb::SalvagedRow;
using Type = SalvagedRow::Type;

constexpr auto null = Type::Null;
constexpr auto number = Type::Integer;
constexpr auto text = Type::Text;
constexpr auto blob = Type::Blob;

/// A later schema may have added columns at the end.
bool hasShape(const SalvagedRow &row, bool isTable, std::initializer_list<Type> shape)
{
    return (row.rowid != 0) == isTable && row.cells.size() >= shape.size() &&
           std::equal(shape.begin(), shape.end(), row.cells.begin(),
                      [](Type type, const SalvagedRow::Cell &cell) { return cell.type == type; });
}

std::uint64_t natural(const SalvagedRow &row, std::size_t column)
{
    return static_cast<std::uint64_t>(row.cells[column].integer);
}

std::string bytes(const SalvagedRow &row, std::size_t column)
{
    return std::string(row.cells[column].bytes);
}

bool isDocument(const SalvagedRow &row)
{
    return hasShape(row, true, {null, blob, blob, number, blob});
}

bool isBlock(const SalvagedRow &row)
{
    return row.cells.size() == 3 && hasShape(row, true, {null, number, blob});
}

/// Takes rows in and sorts out afterwards what only all of them together tell.
class Gatherer {
public:
    void take(const SalvagedRow &row);
    /// Of an older version of a page: what is pending is never changed, so only what is gone by now has to be left out.
    void takeOlder(const SalvagedRow &row);
    [[nodiscard]] bool hasIdentity() const { return m_store.identity.has_value(); }
    [[nodiscard]] SalvagedStore finished();

private:
    void takeIdentity(const SalvagedRow &row);
    void takeProgress(const SalvagedRow &row);
    void takeBlock(const SalvagedRow &row);
    void takeQuarantined(const SalvagedRow &row);
    void takePolicies(const SalvagedRow &row);

    SalvagedStore m_store;
    std::map<Core::DeviceId, std::map<std::uint64_t, Core::MutationPtr>> m_outbox;
    std::set<Core::Dot> m_refused;
};

void Gatherer::take(const SalvagedRow &row)
{
    if (hasShape(row, true, {null, blob, blob, blob, number, number}) && row.rowid == 1) {
        takeIdentity(row);
    } else if (hasShape(row, true, {null, number, number, blob, number, number, number, number}) && row.rowid == 1) {
        takeProgress(row);
    } else if (isBlock(row)) {
        takeBlock(row);
    } else if (row.cells.size() == 2 && hasShape(row, true, {null, blob})) {
        takePolicies(row);
    } else if (hasShape(row, false, {blob, number, blob, number, number, blob, number, number})) {
        takeQuarantined(row);
    } else if (row.cells.size() == 2 && hasShape(row, false, {text, number})) {
        m_store.limits.emplace_back(bytes(row, 0), row.cells[1].integer);
    } else if (row.cells.size() == 2 && hasShape(row, false, {blob, blob})) {
        m_store.toRecover.insert({bytes(row, 0), bytes(row, 1)});
    } else if (row.cells.size() == 3 && hasShape(row, false, {blob, blob, number})) {
        m_store.namedDocuments += 1;
    }
}

void Gatherer::takeOlder(const SalvagedRow &row)
{
    if (isBlock(row)) {
        takeBlock(row);
    }
}

void Gatherer::takeIdentity(const SalvagedRow &row)
{
    const auto device = Core::DeviceId::fromBytes(row.cells[1].bytes);
    if (device) {
        m_store.identity = {*device, {bytes(row, 2), bytes(row, 3)}, natural(row, 4), Core::Hlc{natural(row, 5)}};
    }
}

void Gatherer::takeProgress(const SalvagedRow &row)
{
    Progress::Record record;
    record.cursor = {natural(row, 1), natural(row, 2)};
    record.generation = natural(row, 4);
    record.snapshotReason = static_cast<Wire::SnapshotReason>(natural(row, 5));
    record.snapshotHead = natural(row, 6);
    record.lastSynced = std::chrono::milliseconds(row.cells[7].integer);
    m_store.progress = std::move(record);
}

void Gatherer::takeBlock(const SalvagedRow &row)
{
    auto block = Wire::decodeStoredBlock(row.cells[2].bytes);
    const bool isSound = block && !block->empty() && block->back().mutation->dot.counter == static_cast<std::uint64_t>(row.rowid) &&
                         block->front().mutation->dot.counter == natural(row, 1);
    for (std::size_t i = 0; isSound && i < block->size(); ++i) {
        const Core::MutationPtr &mutation = (*block)[i].mutation;
        m_outbox[mutation->dot.device].emplace(mutation->dot.counter, mutation);
    }
}

void Gatherer::takeQuarantined(const SalvagedRow &row)
{
    auto mutation = Wire::decodeStoredMutation(row.cells[2].bytes);
    if (!mutation || mutation->dot.device.view() != row.cells[0].bytes || mutation->dot.counter != natural(row, 1) ||
        !m_refused.insert(mutation->dot).second) {
        return;
    }
    Quarantined refused;
    refused.mutation = std::move(*mutation);
    refused.reason = Core::makeError(static_cast<Core::ErrorCode>(natural(row, 3)), static_cast<Core::ErrorReason>(natural(row, 4)),
                                     bytes(row, 5), static_cast<Core::Retry>(natural(row, 6)));
    refused.refusedAt = std::chrono::milliseconds(row.cells[7].integer);
    m_store.quarantine.push_back(std::move(refused));
}

void Gatherer::takePolicies(const SalvagedRow &row)
{
    if (auto policies = Wire::decodeStoredPolicies(row.cells[1].bytes); policies && row.rowid == 1) {
        m_store.policies = std::move(*policies);
    }
}

SalvagedStore Gatherer::finished()
{
    // A page that is free, or of an older time, may hold mutations of an earlier identity, or settled ones.
    auto own = m_outbox.end();
    if (m_store.identity) {
        own = m_outbox.find(m_store.identity->device);
    } else {
        own = std::ranges::max_element(m_outbox, {}, [](const auto &device) { return device.second.size(); });
    }
    if (own != m_outbox.end()) {
        m_store.pendingDevice = own->first;
        m_store.pending = std::move(own->second);
        m_store.settledThrough = m_store.identity ? m_store.identity->settledThrough : m_store.pending.begin()->first - 1;
        m_store.pending.erase(m_store.pending.begin(), m_store.pending.upper_bound(m_store.settledThrough));
    }
    return std::move(m_store);
}

}  // namespace

SalvagedStore SalvagedStore::from(const CipherDb::Salvage &salvage)
{
    Gatherer gatherer;
    salvage.rows([&gatherer](const SalvagedRow &row) { gatherer.take(row); });
    if (gatherer.hasIdentity() && salvage.findings().isAny()) {
        salvage.olderRows([&gatherer](const SalvagedRow &row) { gatherer.takeOlder(row); });
    }
    return gatherer.finished();
}

Core::Result<void> forEachSalvagedDocument(const CipherDb::Salvage &salvage, const SalvagedDocumentVisitor &visit)
{
    Core::Result<void> outcome;
    salvage.rows([&](const SalvagedRow &row) {
        if (!outcome || !isDocument(row)) {
            return;
        }
        if (auto base = Wire::decodeStoredDocument(row.cells[4].bytes)) {
            outcome = visit({bytes(row, 1), bytes(row, 2)}, std::move(*base), natural(row, 3));
        }
    });
    return outcome;
}

}  // namespace Satchel::Sync
