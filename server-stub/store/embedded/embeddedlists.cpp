// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "embeddedreader.h"

#include "listrows.h"
#include "snapshot.h"

namespace Satchel::Server {

namespace Admin = Wire::Admin;

namespace {

constexpr std::string_view deviceCount = "(SELECT count(*) FROM devices WHERE devices.owner = owners.id)";

// In the order of Admin::UserField, and so on.
constexpr std::string_view userExpressions[] = {"user", "seen_ms", "created_ms", "documents", "conflicts", "head", deviceCount};
constexpr std::string_view userTexts[] = {"user"};
constexpr std::string_view deviceExpressions[] = {
    "owners.user", "devices.name", "platform", "app_version", "sdk_version", "devices.seen_ms", "max(owners.head - cursor, 0)", "revoked"};
constexpr std::string_view deviceTexts[] = {"owners.user", "devices.name", "platform"};
/// Bytes of a state as a message, whether it is sealed or not.
const std::string &stateBytes()
{
    static const std::string expression =
        "(length(state) - iif(substr(state, 1, 1) = x'00', " + std::to_string(sealedOverheadBytes) + ", 0))";
    return expression;
}

constexpr std::string_view documentTexts[] = {"collection", "key"};
constexpr std::string_view conflictExpressions[] = {"o.user", "c.collection", "c.key", "c.field", "c.detected_ms", "c.seq"};
constexpr std::string_view conflictTexts[] = {"o.user", "c.collection", "c.key", "c.field"};

std::string_view columnOf(UserOrder order)
{
    constexpr std::string_view columns[] = {"user", "seen_ms", "created_ms", "documents", "conflicts", "head"};
    return columns[static_cast<std::size_t>(order)];
}

Admin::DocumentSummary readDocument(Query &rows)
{
    Admin::DocumentSummary document;
    document.collection = rows.bytes();
    document.key = rows.bytes();
    document.seq = rows.natural();
    document.fieldCount = rows.count();
    document.conflictCount = rows.count();
    document.updated = rows.time();
    document.stateBytes = rows.count();
    return document;
}

}  // namespace

Admin::UserSummary readUser(Query &rows)
{
    Admin::UserSummary user;
    user.user = rows.bytes();
    user.head = rows.natural();
    user.documentCount = rows.natural();
    user.openConflictCount = rows.count();
    user.created = rows.time();
    user.lastSeen = rows.time();
    user.deviceCount = rows.count();
    return user;
}

Admin::DeviceSummary readDevice(Query &rows)
{
    Admin::DeviceSummary device;
    device.id = rows.device();
    device.name = rows.bytes();
    device.platform = rows.bytes();
    device.appVersion = rows.bytes();
    device.sdkVersion = rows.bytes();
    device.lastSeen = rows.time();
    device.acknowledgedSeq = rows.natural();
    device.acceptedThrough = rows.natural();
    device.isRevoked = rows.integer() != 0;
    device.isWiped = rows.integer() != 0;
    device.refused = rows.time();
    device.refusedReason = static_cast<Core::ErrorReason>(rows.integer());
    device.refusedCode = codeOf(rows.integer());
    device.tokenExpires = rows.time();
    device.lag = rows.natural();
    return device;
}

FilterColumns conflictColumns()
{
    return {Admin::conflictFields(), conflictExpressions, conflictTexts};
}

Core::Result<std::vector<Admin::UserSummary>> EmbeddedReader::users(const UsersQuery &query)
{
    return guarded([&] {
        const bool isById = query.order == UserOrder::User;
        const std::string way = query.isDescending ? " DESC" : "";
        const std::string behind = query.isDescending ? " < " : " > ";
        const std::string column(columnOf(query.order));
        FilterColumns columns{Admin::userFields(), userExpressions, userTexts};
        std::string sql = std::string(userColumns) + " WHERE tenant = ?";
        if (!query.afterUser.empty() && isById) {
            columns.seekField = query.isDescending ? -1 : static_cast<std::ptrdiff_t>(Admin::UserField::User);
            sql += " AND user" + behind + "?";
        } else if (!query.afterUser.empty()) {
            sql += " AND (" + column + ", user)" + behind + "(?, ?)";
        }
        sql += query.search.empty() ? "" : " AND instr(user, ?) > 0";
        sql += query.isOnlyConflicted ? " AND conflicts > 0" : "";
        const FilterSql filter = sqlOf(query.filter, columns);
        sql += " AND " + filter.text + " ORDER BY " + (isById ? "" : column + way + ", ") + "user" + way + " LIMIT ?";
        Query rows = Query::once(m_database, sql);
        rows << query.tenant;
        if (!query.afterUser.empty() && !isById) {
            rows << query.afterNumber;
        }
        if (!query.afterUser.empty()) {
            rows << query.afterUser;
        }
        if (!query.search.empty()) {
            rows << query.search;
        }
        filter.bindTo(rows);
        rows << static_cast<std::uint64_t>(query.rowsMax);
        std::vector<Admin::UserSummary> out;
        while (rows.next()) {
            out.push_back(readUser(rows));
        }
        return out;
    });
}

Core::Result<std::vector<Admin::UserDevice>> EmbeddedReader::devices(const DevicesQuery &query)
{
    return guarded([&] {
        FilterColumns columns{Admin::deviceFields(), deviceExpressions, deviceTexts};
        std::string sql = "SELECT owners.user, " + std::string(deviceColumns) +
                          " FROM owners CROSS JOIN devices ON devices.owner = owners.id WHERE tenant = ?";
        const bool isFirst = query.afterDevice.empty();
        if (!isFirst) {
            columns.seekField = static_cast<std::ptrdiff_t>(Admin::DeviceField::User);
            sql += " AND owners.user >= ? AND (owners.user, device) > (?, ?)";
        }
        const FilterSql filter = sqlOf(query.filter, columns);
        sql += " AND " + filter.text + " ORDER BY owners.user, device LIMIT ?";
        Query rows = Query::once(m_database, sql);
        rows << query.tenant;
        if (!isFirst) {
            rows << query.afterUser << query.afterUser << query.afterDevice;
        }
        filter.bindTo(rows);
        rows << static_cast<std::uint64_t>(query.rowsMax);
        std::vector<Admin::UserDevice> out;
        while (rows.next()) {
            std::string user = rows.bytes();
            out.push_back({std::move(user), readDevice(rows)});
        }
        return out;
    });
}

Core::Result<Admin::TenantStats> EmbeddedReader::tenantStats(const std::string &tenant, std::chrono::milliseconds now)
{
    return guarded([&] {
        const ReadSnapshot snapshot(m_database);
        Admin::TenantStats out;
        {
            Query owners(m_database, "SELECT count(*), coalesce(sum(documents), 0) FROM owners WHERE tenant = ?");
            owners << tenant;
            if (owners.next()) {
                out.userCount = owners.natural();
                out.documentCount = owners.natural();
            }
        }
        using std::chrono::hours;
        constexpr std::chrono::milliseconds ages[] = {hours(1), hours(24), hours(24 * 7), std::chrono::milliseconds(0)};
        Query conflicts(m_database,
                        "SELECT CASE WHEN detected_ms > ? THEN 0 WHEN detected_ms > ? THEN 1 WHEN detected_ms > ? THEN 2 ELSE 3 END"
                        " AS age, count(*) FROM open_conflicts WHERE tenant = ? GROUP BY age ORDER BY age");
        conflicts << now - ages[0] << now - ages[1] << now - ages[2] << tenant;
        while (conflicts.next()) {
            const std::chrono::milliseconds below = ages[conflicts.natural()];
            out.conflicts.push_back({below, conflicts.natural()});
        }
        return out;
    });
}

Core::Result<std::vector<Admin::DocumentSummary>> EmbeddedReader::documents(const DocumentsQuery &query)
{
    return guarded([&] {
        const ReadSnapshot snapshot(m_database);
        const OwnerHead owner = ownerHead(query.user);
        const std::string_view expressions[] = {"collection", "key", "updated_ms", "fields", "conflicts", stateBytes(), "seq"};
        FilterColumns columns{Admin::documentFields(), expressions, documentTexts};
        columns.seekField = static_cast<std::ptrdiff_t>(Admin::DocumentField::Collection);
        const FilterSql filter = sqlOf(query.filter, columns);
        Query rows = Query::once(m_database, "SELECT collection, key, seq, fields, conflicts, updated_ms, " + stateBytes() +
                                                 std::string(" FROM documents WHERE owner = ? AND (collection, key) > (?, ?)") +
                                                 (query.collection.empty() ? "" : " AND collection = ?") +
                                                 (query.search.empty() ? "" : " AND instr(key, ?) > 0") + " AND fields > 0 AND " +
                                                 filter.text + " ORDER BY collection, key LIMIT ?");
        // A position just before the wanted collection saves the scan of those before it.
        const std::string *required = requiredText(query.filter, static_cast<std::size_t>(Admin::DocumentField::Collection));
        const std::string &collection = query.collection.empty() && required != nullptr ? *required : query.collection;
        const Core::DocumentId after = query.after ? *query.after : Core::DocumentId{collection, {}};
        rows << owner.id << after.collection << after.key;
        if (!query.collection.empty()) {
            rows << query.collection;
        }
        if (!query.search.empty()) {
            rows << query.search;
        }
        filter.bindTo(rows);
        rows << static_cast<std::uint64_t>(query.rowsMax);
        std::vector<Admin::DocumentSummary> out;
        while (rows.next()) {
            out.push_back(readDocument(rows));
        }
        return out;
    });
}

}  // namespace Satchel::Server
