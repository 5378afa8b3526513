// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "storecontract.h"

#include "audit/openings.h"

#include <QTest>

#include <random>

namespace Satchel::Test {

namespace {

using namespace Server;
using Core::Filter;
using Core::FilterField;
using Core::FilterOp;
using Core::FilterType;
using std::chrono::milliseconds;

constexpr milliseconds now{1'800'000'000'000};
constexpr int filtersTried = 300;

/// Rows and filters of few different texts and numbers, so that they meet. The seed is fixed: what fails, fails again.
class Dice {
public:
    std::size_t below(std::size_t end) { return m_random() % end; }
    std::int64_t number() { return static_cast<std::int64_t>(below(6)); }
    std::string text()
    {
        static const std::string pieces[] = {"a", "b", "ab", std::string("\0", 1), "\xF4\x8F\xBF\xBF", "%", "'"};
        std::string out;
        for (std::size_t i = below(4); i > 0; --i) {
            out += pieces[below(std::size(pieces))];
        }
        return out;
    }
    template <typename T, std::size_t N>
    T pick(const T (&values)[N])
    {
        return values[below(N)];
    }

    Filter filter(std::span<const FilterField> fields, int depth = 0)
    {
        const std::size_t kind = below(depth < 3 ? 6 : 3);
        Filter out;
        if (kind < 2) {
            return term(fields);
        }
        if (kind == 2) {
            out.kind = Filter::Kind::Free;
            out.text = text();
            return out;
        }
        out.kind = kind == 3 ? Filter::Kind::Not : kind == 4 ? Filter::Kind::And : Filter::Kind::Or;
        const std::size_t count = kind == 3 ? 1 : 2 + below(2);
        for (std::size_t i = 0; i < count; ++i) {
            out.operands.push_back(filter(fields, depth + 1));
        }
        return out;
    }

private:
    Filter term(std::span<const FilterField> fields)
    {
        constexpr FilterOp numberOps[] = {FilterOp::Equal,       FilterOp::NotEqual, FilterOp::Less,
                                          FilterOp::LessOrEqual, FilterOp::Greater,  FilterOp::GreaterOrEqual};
        constexpr FilterOp textOps[] = {FilterOp::Equal,   FilterOp::NotEqual, FilterOp::Less,   FilterOp::LessOrEqual,
                                        FilterOp::Greater, FilterOp::Prefix,   FilterOp::Suffix, FilterOp::Contains};
        Filter out;
        out.kind = Filter::Kind::Term;
        out.field = below(fields.size());
        const FilterType type = fields[out.field].type;
        if (type == FilterType::Text) {
            out.op = pick(textOps);
            out.text = text();
        } else {
            out.op = pick(numberOps);
            out.number = type == FilterType::Time ? now.count() + number() : number();
        }
        return out;
    }

    std::mt19937 m_random{20261123};
};

using Cell = std::variant<std::string, std::int64_t>;

/// A row's cells in the order of the list's fields, and which of them free text is looked for in.
bool isSelected(const Filter &filter, std::span<const FilterField> fields, const std::vector<Cell> &cells,
                std::initializer_list<std::size_t> freeTexts)
{
    Core::FilterRow row;
    row.text = [&](std::size_t field) { return std::string_view(std::get<std::string>(cells[field])); };
    row.number = [&](std::size_t field) { return std::get<std::int64_t>(cells[field]); };
    for (const std::size_t field : freeTexts) {
        row.freeTexts.emplace_back(std::get<std::string>(cells[field]));
    }
    return Core::matches(filter, fields, row);
}

std::int64_t cell(std::uint64_t value)
{
    return static_cast<std::int64_t>(value);
}

/// Says which filter the store and the definition disagree about. `ask(filter)` asks the store, `isWanted(filter, row)` is the definition.
template <typename Row, typename Ask, typename IsWanted>
QString firstDisagreement(std::span<const FilterField> fields, const std::vector<Row> &all, Ask ask, IsWanted isWanted)
{
    Dice dice;
    std::size_t selected = 0;
    for (int i = 0; i < filtersTried; ++i) {
        const Filter filter = dice.filter(fields);
        std::vector<Row> expected;
        std::copy_if(all.begin(), all.end(), std::back_inserter(expected), [&](const Row &row) { return isWanted(filter, row); });
        const auto found = ask(filter);
        if (!found) {
            return QString::fromStdString(Core::describe(found.error()));
        }
        if (*found != expected) {
            return QStringLiteral("filter %1 selects %2 rows instead of %3").arg(i).arg(found->size()).arg(expected.size());
        }
        selected += expected.size();
    }
    // Filters that all select everything, or nothing, would show little.
    const std::size_t most = all.size() * filtersTried;
    return selected > most / 10 && selected < most * 9 / 10 ? QString() : QStringLiteral("the filters select too little or too much");
}

/// Makes users, devices, documents and overwritten values of a tenant.
void fill(Store &store, const std::string &tenant)
{
    Dice dice;
    auto log = store.begin();
    for (int i = 0; i < 40; ++i) {
        OwnerRow *owner = *(*log)->owner(Core::UserId{tenant, dice.text() + std::to_string(i)}, now + milliseconds(dice.number()));
        owner->head = static_cast<std::uint64_t>(dice.number());
        owner->documentCount = static_cast<std::uint64_t>(dice.number());
        owner->openConflictCount = static_cast<std::uint64_t>(dice.number());
        owner->lastSeen = now + milliseconds(dice.number());
        owner->isChanged = true;
        for (std::int64_t count = dice.number() % 3; count > 0; --count) {
            Core::DeviceId id;
            id.bytes[0] = static_cast<std::uint8_t>(count);
            DeviceRow *device = *(*log)->addDevice(*owner, id);
            device->name = dice.text();
            device->platform = dice.text();
            device->appVersion = dice.text();
            device->sdkVersion = dice.text();
            device->lastSeen = now + milliseconds(dice.number());
            device->cursor = static_cast<std::uint64_t>(dice.number());
            device->isRevoked = dice.number() == 0;
            device->isChanged = true;
        }
        Core::Sibling sibling;
        sibling.dot = Core::Dot{Core::DeviceId{}, 1};
        sibling.dot.device.bytes[0] = 1;
        sibling.value = Core::Value(std::string("v"));
        const OverwrittenRow row{Core::DocumentId{dice.text(), dice.text()}, dice.text(), static_cast<std::uint64_t>(dice.number()),
                                 now + milliseconds(dice.number()),          sibling,     sibling};
        if (!(*log)->appendOverwritten(*owner, row)) {
            qFatal("an overwritten value cannot be written");
        }
    }
    if (!(*log)->commit()) {
        qFatal("the rows cannot be written");
    }
}

}  // namespace

void StoreContract::lists_ofAnyFilter_haveTheRowsThatMatch()
{
    fill(store(), "filtered");
    auto view = store().reader();
    UsersQuery users;
    users.tenant = "filtered";
    const auto allUsers = (*view)->users(users);
    QCOMPARE(allUsers->size(), std::size_t(40));
    QCOMPARE(firstDisagreement(
                 Wire::Admin::userFields(), *allUsers,
                 [&](const Filter &filter) {
                     users.filter = filter;
                     return (*view)->users(users);
                 },
                 [](const Filter &filter, const Wire::Admin::UserSummary &row) {
                     return isSelected(filter, Wire::Admin::userFields(),
                                       {row.user, row.lastSeen.count(), row.created.count(), cell(row.documentCount),
                                        cell(row.openConflictCount), cell(row.head), cell(row.deviceCount)},
                                       {0});
                 }),
             QString());
    DevicesQuery devices;
    devices.tenant = "filtered";
    const auto allDevices = (*view)->devices(devices);
    QVERIFY(allDevices->size() > 20);
    std::map<std::string, std::uint64_t> heads;
    for (const auto &user : *allUsers) {
        heads[user.user] = user.head;
    }
    QCOMPARE(firstDisagreement(
                 Wire::Admin::deviceFields(), *allDevices,
                 [&](const Filter &filter) {
                     devices.filter = filter;
                     return (*view)->devices(devices);
                 },
                 [&](const Filter &filter, const Wire::Admin::UserDevice &row) {
                     const std::int64_t lag = cell(heads[row.user]) - cell(row.device.acknowledgedSeq);
                     return isSelected(filter, Wire::Admin::deviceFields(),
                                       {row.user, row.device.name, row.device.platform, row.device.appVersion, row.device.sdkVersion,
                                        row.device.lastSeen.count(), std::max<std::int64_t>(lag, 0), cell(row.device.isRevoked ? 1 : 0)},
                                       {0, 1, 2});
                 }),
             QString());
}

void StoreContract::conflicts_ofAnyFilter_areThoseThatMatch()
{
    fill(store(), "overwritten");
    auto view = store().reader();
    ConflictsQuery query;
    query.tenant = "overwritten";
    struct Row {
        ConflictRow row;
        bool operator==(const Row &other) const { return row.id == other.row.id; }
    };
    const auto rows = [&](const Filter &filter) {
        query.filter = filter;
        return (*view)->overwritten(query).map([](std::vector<ConflictRow> &&found) {
            std::vector<Row> out;
            for (ConflictRow &row : found) {
                out.push_back({std::move(row)});
            }
            return out;
        });
    };
    const auto all = rows({});
    QCOMPARE(all->size(), std::size_t(40));
    QCOMPARE(firstDisagreement(Wire::Admin::conflictFields(), *all, rows,
                               [](const Filter &filter, const Row &one) {
                                   const ConflictRow &row = one.row;
                                   return isSelected(filter, Wire::Admin::conflictFields(),
                                                     {row.user, row.document.collection, row.document.key, row.field, row.detected.count(),
                                                      cell(row.seq)},
                                                     {0, 1, 2, 3});
                               }),
             QString());
}

void StoreContract::audit_ofAnyFilter_hasTheRecordsThatMatch()
{
    Dice dice;
    auto log = store().begin();
    for (int i = 0; i < 60; ++i) {
        Wire::AuditRecord record;
        // The clock goes back now and then; the log's times do not.
        record.time = now + milliseconds(i / 10 - dice.number() / 5);
        record.tenant = "filtered";
        record.action = "a" + dice.text();
        record.personal.actor = dice.text();
        record.personal.user = dice.text();
        if (const std::int64_t code = dice.number(); code > 2) {
            record.code = static_cast<Core::ErrorCode>(code);
        }
        QVERIFY((*log)->appendAudit(record));
    }
    QVERIFY((*log)->commit());
    auto view = store().reader();
    AuditQuery query;
    query.tenant = "filtered";
    struct Row {
        std::uint64_t place = 0;
        Wire::AuditRecord record;
        bool operator==(const Row &other) const { return place == other.place; }
    };
    const auto rows = [&](const Filter &filter) {
        query.filter = filter;
        return (*view)->auditRecords(query).map([](std::vector<AuditRow> &&found) {
            std::vector<Row> out;
            for (const AuditRow &row : found) {
                out.push_back({row.place, Audit::readRecord(row.stored, row.opened).value()});
            }
            return out;
        });
    };
    const auto all = rows({});
    QCOMPARE(all->size(), std::size_t(60));
    QVERIFY(std::is_sorted(all->begin(), all->end(), [](const Row &a, const Row &b) { return a.record.time > b.record.time; }));
    QCOMPARE(firstDisagreement(Wire::Admin::auditFields(), *all, rows,
                               [](const Filter &filter, const Row &row) {
                                   const Wire::AuditRecord &record = row.record;
                                   return isSelected(filter, Wire::Admin::auditFields(),
                                                     {record.personal.actor, record.action, record.personal.user, record.time.count(),
                                                      record.code ? static_cast<std::int64_t>(*record.code) : 0, cell(row.place)},
                                                     {0, 1, 2});
                               }),
             QString());
}

void StoreContract::users_inAnyOrder_pageWithoutGapOrRepeat()
{
    fill(store(), "ordered");
    auto view = store().reader();
    for (const UserOrder order :
         {UserOrder::User, UserOrder::Seen, UserOrder::Created, UserOrder::Documents, UserOrder::Conflicts, UserOrder::Events}) {
        for (const bool isDescending : {false, true}) {
            const auto key = [order](const Wire::Admin::UserSummary &user) {
                const std::int64_t numbers[] = {0,
                                                user.lastSeen.count(),
                                                user.created.count(),
                                                cell(user.documentCount),
                                                cell(user.openConflictCount),
                                                cell(user.head)};
                return std::pair(numbers[static_cast<std::size_t>(order)], user.user);
            };
            UsersQuery query;
            query.tenant = "ordered";
            query.rowsMax = 7;
            query.order = order;
            query.isDescending = isDescending;
            std::vector<std::pair<std::int64_t, std::string>> seen;
            while (true) {
                const auto page = (*view)->users(query);
                QVERIFY(page);
                if (page->empty()) {
                    break;
                }
                for (const auto &user : *page) {
                    seen.push_back(key(user));
                }
                query.afterNumber = seen.back().first;
                query.afterUser = seen.back().second;
            }
            QCOMPARE(seen.size(), std::size_t(40));
            QVERIFY(isDescending ? std::is_sorted(seen.rbegin(), seen.rend()) : std::is_sorted(seen.begin(), seen.end()));
            QVERIFY(std::adjacent_find(seen.begin(), seen.end()) == seen.end());
        }
    }
}

void StoreContract::query_interrupted_isCancelled()
{
    auto log = store().begin();
    for (int i = 0; i < 3000; ++i) {
        QVERIFY((*log)->owner(Core::UserId{"interrupted", std::to_string(i)}, now));
    }
    QVERIFY((*log)->commit());
    auto view = store().reader();
    UsersQuery query;
    query.tenant = "interrupted";
    query.search = "not there";
    int asked = 0;
    (*view)->setInterruption([&asked] { return ++asked == 3; });
    const auto cancelled = (*view)->users(query);
    QVERIFY(!cancelled);
    QCOMPARE(cancelled.error().code, Core::ErrorCode::Cancelled);
    QCOMPARE(asked, 3);
    (*view)->setInterruption({});
    QVERIFY((*view)->users(query)->empty());
    QVERIFY((*view)->isUsable());
}

}  // namespace Satchel::Test
