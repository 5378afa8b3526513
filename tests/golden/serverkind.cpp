// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "goldenstore.h"

#include "audit/exportlines.h"
#include "audit/openings.h"
#include "server-stub/store/embedded/embeddedstore.h"
#include "server-stub/store/embedded/schema.h"
#include "server-stub/sync/pushrules.h"
#include "wire/json.h"

namespace Satchel::Golden {

namespace {

using Core::Dot;
using Core::PutOp;

constexpr std::chrono::milliseconds now{1'700'000'500'000};
const Core::UserId anna{"golden", "anna@example.com"};
const Core::UserId bob{"golden", std::string("b\0b", 3)};
const Core::UserId namesake{"other", "anna@example.com"};
const Core::Origin knownOrigin{{deviceOf(0xcc), 77}, Core::Hlc{123456789}};

/// Errors end the work at once; Kind's methods catch them.
struct Failed {
    Core::Error error;
};

template <typename T>
T must(Core::Result<T> result)
{
    if (!result) {
        throw Failed{std::move(result.error())};
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(*result);
    }
}

/// The same bytes each time, so that two makings differ in nothing but what SQLCipher adds.
class CountingRandom final : public Server::Random {
public:
    [[nodiscard]] std::string bytes(std::size_t count) override
    {
        std::string made(count, '\0');
        for (char &byte : made) {
            byte = static_cast<char>(m_next++);
        }
        return made;
    }

private:
    unsigned char m_next = 0x41;
};

std::unique_ptr<Server::EmbeddedStore> openStore(const std::filesystem::path &path)
{
    static CountingRandom random;
    random = {};
    return must(Server::EmbeddedStore::open(path, goldenKey(), random));
}

void push(Server::Store &store, const Core::UserId &user, std::vector<Core::Mutation> mutations)
{
    const Core::DeviceId device = mutations.front().dot.device;
    auto log = must(store.begin());
    Server::OwnerRow &owner = *must(log->owner(user, now));
    if (!owner.devices.contains(device)) {
        Server::DeviceRow &row = *must(log->addDevice(owner, device));
        row.name = "laptop " + std::to_string(device.bytes[0]);
        row.platform = "Debian GNU/Linux 12";
        row.appVersion = "1.2.3";
        row.sdkVersion = "0.1.0";
        row.newestLease = "newest";
        row.presentedLease = "presented";
        row.cursor = 2;
        row.lastSeen = now;
        row.epoch = store.epoch();
        row.isChanged = true;
    }
    Core::HlcClock clock;
    const Server::PushRules rules(Server::PushSettings{}, store.policies());
    const Server::PushRequest request{user, device, Wire::Push{1, std::move(mutations)}, "newest"};
    must(must(rules.process(*log, request, clock, now)));
    must(log->commit());
}

void revoke(Server::Store &store, const Core::UserId &user, const Core::DeviceId &device)
{
    auto log = must(store.begin());
    Server::DeviceRow &row = must(log->owner(user, now))->devices.at(device);
    row.isRevoked = true;
    row.isChanged = true;
    Wire::AuditRecord record;
    record.time = now;
    record.tenant = user.tenant;
    record.action = "Devices/Revoke";
    record.requestId = "request-1";
    record.requestSha256 = std::string(32, 'h');
    record.roles = {"admin", "user"};
    record.personal = {"operator", user.user, "notes", "n1", device, "lost in a train", "192.0.2.1"};
    must(log->appendAudit(record));
    must(log->commit());
}

void addNote(Server::Store &store, const Core::UserId &user)
{
    auto log = must(store.begin());
    must(log->addNote(*must(log->owner(user, now)), {"note-1", "operator", now, "asked about\n\tthe train"}));
    must(log->commit());
}

/// A log that is longer than one level of its tree, with a record of every kind.
void audit(Server::Store &store, const std::string &tenant)
{
    auto log = must(store.begin());
    Wire::AuditRecord record;
    record.time = now;
    record.tenant = tenant;
    record.action = "Users/List";
    record.code = Core::ErrorCode::PermissionDenied;
    record.reason = Core::ErrorReason::RoleMissing;
    for (int i = 0; i < 4; ++i) {
        must(log->appendAudit(record));
    }
    record = {};
    record.time = now;
    record.tenant = tenant;
    record.action = Wire::auditContinueAction;
    record.continuation = Wire::AuditContinuation{11, 12, 5, std::string(32, 'r')};
    must(log->appendAudit(record));
    must(log->commit());
}

Core::VersionVector seen(std::initializer_list<Dot> dots)
{
    Core::VersionVector vector;
    for (const Dot &dot : dots) {
        vector.add(dot);
    }
    return vector;
}

void fill(Server::Store &store)
{
    const Core::DeviceId a = deviceOf(0x0a);
    const Core::DeviceId b = deviceOf(0x0b);
    const Core::DeviceId c = deviceOf(0x0c);
    must(store.setPolicies(goldenPolicies()));
    static_cast<void>(must(store.secret("dev-token")));
    Core::Mutation strong = mutationOf({a, 4}, {"wallet", "coins"}, {PutOp{"count", 5}});
    strong.expected = Core::Expectation{};
    Core::Mutation failing = mutationOf({a, 5}, {"wallet", "coins"}, {PutOp{"count", 6}}, seen({{a, 4}}));
    failing.expected = Core::Expectation{Dot{b, 9}};
    Core::Mutation whole = mutationOf({a, 6}, {"session", "window"}, {PutOp{"x", 1}});
    whole.scope = Core::Scope::Document;
    Core::Mutation renamed = mutationOf({a, 7}, {"notes", std::string("k\0\xc3\xa9", 4)}, {PutOp{"long", std::string(10'000, 'x')}});
    renamed.origin = knownOrigin;
    push(store, anna,
         {mutationOf({a, 1}, {"preferences", "editor"}, {PutOp{"theme", "dark"}, PutOp{"all", valueOfEveryType()}}),
          mutationOf({a, 2}, {"progress", "walk"}, {Core::IncrementOp{"xp", 40}, Core::AddOp{"badges", "first"}, Core::AddOp{"badges", 7}}),
          mutationOf({a, 3}, {"drafts", "letter"}, {PutOp{"text", "left"}}), strong, failing, whole, renamed});
    push(store, anna,
         {mutationOf({b, 1}, {"drafts", "letter"}, {PutOp{"text", "right"}}),
          mutationOf({b, 2}, {"preferences", "editor"}, {PutOp{"theme", "light"}}),
          mutationOf({b, 3}, {"progress", "walk"}, {Core::IncrementOp{"xp", -3}, Core::DiscardOp{"badges", "first"}}, seen({{a, 2}})),
          mutationOf({b, 4}, {"preferences", "editor"}, {Core::RemoveOp{"all", {}}}, seen({{a, 1}, {b, 2}}))});
    std::vector<Core::Mutation> notes;
    for (std::uint64_t i = 1; i <= 40; ++i) {
        notes.push_back(mutationOf({c, i}, {"notes", "n" + std::to_string(i % 25)}, {PutOp{"i", static_cast<std::int64_t>(i)}}));
    }
    push(store, bob, std::move(notes));
    revoke(store, bob, c);
    push(store, namesake, {mutationOf({a, 1}, {"preferences", "editor"}, {PutOp{"theme", "blue"}})});
    addNote(store, bob);
    audit(store, "golden");
    audit(store, "");
}

std::string describe(const Wire::Admin::UserSummary &user)
{
    return textOf(user.user) + " head=" + std::to_string(user.head) + " documents=" + std::to_string(user.documentCount) +
           " devices=" + std::to_string(user.deviceCount) + " conflicts=" + std::to_string(user.openConflictCount) +
           " created=" + std::to_string(user.created.count()) + " seen=" + std::to_string(user.lastSeen.count());
}

std::string describe(const Wire::Admin::DeviceSummary &device)
{
    return device.id.toHex() + " " + textOf(device.name) + " " + textOf(device.platform) + " " + textOf(device.appVersion) + " " +
           textOf(device.sdkVersion) + " seen=" + std::to_string(device.lastSeen.count()) +
           " acknowledged=" + std::to_string(device.acknowledgedSeq) + " acceptedThrough=" + std::to_string(device.acceptedThrough) +
           " revoked=" + std::to_string(device.isRevoked);
}

std::string describe(const Server::ConflictRow &row)
{
    std::string text = std::to_string(row.id) + " " + textOf(row.user) + " " + textOf(row.document) + " " + textOf(row.field) +
                       " seq=" + std::to_string(row.seq) + " at=" + std::to_string(row.detected.count());
    for (const Core::Sibling &sibling : row.siblings) {
        text += " " + sibling.dot.device.toHex() + "/" + std::to_string(sibling.dot.counter) + "=" + std::to_string(sibling.stamp.packed);
    }
    return text;
}

/// Records as their lines, and every node of the tree.
std::string describeAudit(Server::ReadView &view, const std::string &tenant)
{
    std::string text;
    const std::uint64_t size = must(view.auditSize(tenant));
    for (const Server::AuditRow &row : must(view.auditRange(tenant, 0, size))) {
        text += "audit " + textOf(tenant) + " " +
                Audit::recordLine(row.place, must(Audit::readRecord(row.stored, row.opened)), row.stored, row.opened) + "\n";
    }
    for (unsigned level = 0; (size >> level) != 0; ++level) {
        for (std::uint64_t index = 0; index < size >> level; ++index) {
            text += "audit node " + std::to_string(level) + "/" + std::to_string(index) + " " +
                    Wire::base64Url(Audit::viewOf(must(view.auditNode(tenant, level, index)))) + "\n";
        }
    }
    return text;
}

/// What became of every mutation that the devices pushed.
std::string dispositions(Server::Store &store, const Core::UserId &user)
{
    auto log = must(store.begin());
    Server::OwnerRow &owner = *must(log->owner(user, now));
    std::string text;
    for (const auto &[id, device] : owner.devices) {
        text += "lease " + id.toHex() + " " + textOf(device.newestLease) + " " + textOf(device.presentedLease) + "\n";
        for (std::uint64_t counter = 1; counter <= device.lastCounter; ++counter) {
            const auto found = must(log->disposition(owner, device, counter));
            text += "disposition " + id.toHex() + "/" + std::to_string(counter);
            text += found ? " seq=" + std::to_string(found->seq) + " written=" + std::to_string(found->written.packed) +
                                " settled=" + std::to_string(found->settled.packed) + " " + textOf(found->document) +
                                (found->refusal ? " " + textOf(*found->refusal) : "")
                          : " none";
            text += "\n";
        }
    }
    return text + "knowsOrigin " + std::to_string(must(log->hasOrigin(owner, knownOrigin))) + "\n";
}

std::string describe(Server::Store &store, Server::ReadView &view, const Core::UserId &user)
{
    std::string text;
    const auto whole = must(view.user(user));
    for (const auto &device : whole->devices) {
        text += "device " + describe(device) + "\n";
    }
    const Core::PolicySet policies = *store.policies();
    Server::DocumentsQuery documents;
    documents.user = user;
    for (const auto &summary : must(view.documents(documents))) {
        const Core::DocumentId id{summary.collection, summary.key};
        const auto stored = must(view.document(user, id));
        text += "document " + textOf(id) + " seq=" + std::to_string(summary.seq) + " updated=" + std::to_string(summary.updated.count()) +
                " " + textOf(stored->document, policies.of(id.collection)) + "\n";
    }
    Server::DeltaQuery query;
    query.user = user;
    query.device = deviceOf(0xee);
    for (const auto &delta : must(view.deltas(query)).documents) {
        text += "delta seq=" + std::to_string(delta.seq) + " " + textOf(delta.id) + " " +
                textOf(delta.state, policies.of(delta.id.collection)) + "\n";
    }
    Server::NotesQuery notes;
    notes.user = user;
    for (const auto &note : must(view.notes(notes))) {
        text += "note " + textOf(note.id) + " by=" + textOf(note.author) + " at=" + std::to_string(note.created.count()) + " " +
                textOf(note.text) + "\n";
    }
    return text + dispositions(store, user);
}

class ServerStore final : public Kind {
public:
    [[nodiscard]] std::string name() const override { return "server"; }
    [[nodiscard]] std::span<const CipherDb::Migration> schema() const override { return Server::embeddedSchema(); }
    [[nodiscard]] Core::Result<void> make(const std::filesystem::path &path) const override
    {
        try {
            fill(*openStore(path));
            return {};
        } catch (Failed &failed) {
            return Core::failure(std::move(failed.error));
        }
    }
    [[nodiscard]] Core::Result<std::string> dump(const std::filesystem::path &path) const override
    {
        try {
            return dumpAll(path);
        } catch (Failed &failed) {
            return Core::failure(std::move(failed.error));
        }
    }

private:
    static std::string dumpAll(const std::filesystem::path &path)
    {
        const auto store = openStore(path);
        const auto view = must(store->reader());
        std::string text = "epoch " + std::to_string(store->epoch()) + "\nsecret " + textOf(must(store->secret("dev-token"))) +
                           "\npolicies " + textOf(*store->policies()) + "\n";
        for (const char *tenant : {"golden", "other"}) {
            Server::UsersQuery users;
            users.tenant = tenant;
            for (const auto &user : must(view->users(users))) {
                text += "user " + describe(user) + "\n" + describe(*store, *view, {tenant, user.user});
            }
            Server::ConflictsQuery conflicts;
            conflicts.tenant = tenant;
            for (const auto &row : must(view->openConflicts(conflicts))) {
                text += "conflict " + describe(row) + "\n";
            }
            for (const auto &row : must(view->overwritten(conflicts))) {
                text += "overwritten " + describe(row) + "\n";
            }
        }
        for (const char *tenant : {"", "golden", "other"}) {
            text += describeAudit(*view, tenant);
        }
        return text;
    }
};

}  // namespace

const Kind &serverKind()
{
    static const ServerStore kind;
    return kind;
}

}  // namespace Satchel::Golden
