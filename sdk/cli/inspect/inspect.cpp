// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "inspect.h"

#include "statevalues.h"
#include "storekeyfile.h"

#include "core/view.h"
#include "wire/json.h"

#include <algorithm>
#include <cstdio>
#include <map>

namespace Satchel::Cli {

namespace {

constexpr int exitOk = 0;
constexpr int exitFailed = 1;
constexpr int exitUsage = 2;

void print(std::FILE *stream, std::string line)
{
    line += '\n';
    std::fwrite(line.data(), 1, line.size(), stream);
    std::fflush(stream);
}

/// Shows what was read, in the way that was asked for.
class Inspection {
public:
    Inspection(const InspectRequest &request, Sync::StoreContents contents)
        : m_request(request)
        , m_contents(std::move(contents))
        , m_collection(request.operands.value(0).toStdString())
    {
    }

    int show();

private:
    int summary();
    int list();
    int cat();
    int pending();
    int quarantine();
    int exportAll();

    [[nodiscard]] bool isAsked(const std::string &collection) const { return m_collection.empty() || m_collection == collection; }
    [[nodiscard]] Core::Value::Map members(const Core::DocumentId &id) const
    {
        return {{"collection", nameValue(id.collection)}, {"key", nameValue(id.key)}};
    }
    [[nodiscard]] std::vector<std::pair<Core::DocumentId, Core::Document>> documents() const;
    void record(const Core::Value &json, const std::string &text) const
    {
        print(stdout, m_request.isJson ? Wire::jsonFromValue(json) : text);
    }

    const InspectRequest &m_request;
    Sync::StoreContents m_contents;
    std::string m_collection;
};

using Verb = int (Inspection::*)();

void printFault(const Sync::StoreFault &fault, bool isJson)
{
    if (isJson) {
        print(stderr, Wire::jsonFromValue(mapOf({{"fault", nameValue(fault.what)}, {"error", valueOf(fault.error)}})));
    } else {
        print(stderr, "satchel: " + fault.what + ": " + fault.error.detail);
    }
}

int fail(const Core::Error &error, bool isJson)
{
    print(stderr, isJson ? Wire::jsonFromValue(mapOf({{"error", valueOf(error)}})) : "satchel: " + error.detail);
    return error.code == Core::ErrorCode::InvalidArgument ? exitUsage : exitFailed;
}

/// The documents that are asked for, as the device shows them, sorted by name. One pass over what is pending: there may be a lot.
std::vector<std::pair<Core::DocumentId, Core::Document>> Inspection::documents() const
{
    std::map<Core::DocumentId, Core::Document> shown;
    for (const auto &[id, base] : m_contents.documents) {
        if (isAsked(id.collection)) {
            shown[id] = base;
        }
    }
    m_contents.applyPending(shown, [this](const Core::DocumentId &id) { return isAsked(id.collection); });
    std::erase_if(shown, [this](const auto &item) { return !Core::exists(item.second, m_contents.policies.of(item.first.collection)); });
    return {shown.begin(), shown.end()};
}

int Inspection::summary()
{
    const Core::Value summary = summaryOf(m_contents);
    std::string text;
    for (const Core::Value::MapEntry &entry : *summary.as<Core::Value::Map>()) {
        text += (text.empty() ? "" : "\n") + entry.key + std::string(16 - std::min<std::size_t>(15, entry.key.size()), ' ') +
                (entry.value.as<std::string>() != nullptr ? *entry.value.as<std::string>() : Wire::jsonFromValue(entry.value));
    }
    record(summary, text);
    return exitOk;
}

int Inspection::list()
{
    std::map<Core::DocumentId, int> pendingCounts;
    for (const Core::MutationPtr &mutation : m_contents.pending) {
        ++pendingCounts[mutation->document];
    }
    for (const auto &[id, document] : documents()) {
        const auto pendingCount = pendingCounts.contains(id) ? pendingCounts.at(id) : 0;
        Core::Value::List conflicts;
        for (const std::string &field : Core::conflictedFields(document, m_contents.policies.of(id.collection))) {
            conflicts.push_back(nameValue(field));
        }
        std::string text = id.collection + "/" + id.key;
        text += pendingCount > 0 ? "  " + std::to_string(pendingCount) + " pending" : "";
        text += conflicts.empty() ? "" : "  in conflict";
        Core::Value::Map line = members(id);
        line.push_back({"pending", Core::Value(pendingCount)});
        line.push_back({"conflicts", Core::Value(std::move(conflicts))});
        record(mapOf(std::move(line)), text);
    }
    return exitOk;
}

int Inspection::cat()
{
    const Core::DocumentId id{m_collection, m_request.operands.value(1).toStdString()};
    const Core::Policy &policy = m_contents.policies.of(id.collection);
    const Core::Document document = m_contents.current(id);
    if (!Core::exists(document, policy)) {
        return fail(Core::makeError(Core::ErrorCode::NotFound, Core::ErrorReason::None, "there is no such document"), m_request.isJson);
    }
    const Core::Value value = mapOf(Core::shownFields(document, policy));
    Core::Value::List pending;
    for (const Core::MutationPtr &mutation : m_contents.pending) {
        if (mutation->document == id) {
            pending.push_back(valueOf(*mutation));
        }
    }
    const auto base = std::ranges::find(m_contents.documents, id, &std::pair<Core::DocumentId, Core::Document>::first);
    const bool hasBase = base != m_contents.documents.end();
    Core::Value::Map line = members(id);
    line.push_back({"value", value});
    line.push_back({"server", hasBase ? mapOf(Core::shownFields(base->second, policy)) : Core::Value()});
    line.push_back({"pending", Core::Value(std::move(pending))});
    record(mapOf(std::move(line)), Wire::jsonFromValue(value));
    return exitOk;
}

int Inspection::pending()
{
    for (const Core::MutationPtr &mutation : m_contents.pending) {
        if (isAsked(mutation->document.collection)) {
            record(valueOf(*mutation), std::to_string(mutation->dot.counter) + "  " + mutation->document.collection + "/" +
                                           mutation->document.key + "  " + opsText(*mutation));
        }
    }
    return exitOk;
}

int Inspection::quarantine()
{
    for (const Sync::Quarantined &refused : m_contents.quarantine) {
        const Core::Mutation &mutation = refused.mutation;
        if (isAsked(mutation.document.collection)) {
            record(valueOf(refused), mutation.dot.device.toHex().substr(0, 8) + "/" + std::to_string(mutation.dot.counter) + "  " +
                                         mutation.document.collection + "/" + mutation.document.key + "  " + opsText(mutation) + "\n    " +
                                         timeText(refused.refusedAt.count()) + "  " + Core::describe(refused.reason));
        }
    }
    return exitOk;
}

int Inspection::exportAll()
{
    for (const auto &[id, document] : documents()) {
        Core::Value::Map line = members(id);
        line.push_back({"value", mapOf(Core::shownFields(document, m_contents.policies.of(id.collection)))});
        const Core::Value value = mapOf(std::move(line));
        record(value, Wire::jsonFromValue(value));
    }
    return exitOk;
}

int Inspection::show()
{
    static constexpr Verb verbs[] = {&Inspection::summary, &Inspection::list,       &Inspection::cat,
                                     &Inspection::pending, &Inspection::quarantine, &Inspection::exportAll};
    static const QStringList names{QString(),
                                   QStringLiteral("ls"),
                                   QStringLiteral("cat"),
                                   QStringLiteral("pending"),
                                   QStringLiteral("quarantine"),
                                   QStringLiteral("export")};
    return (this->*verbs[names.indexOf(m_request.verb)])();
}

bool isUsable(const InspectRequest &request)
{
    const bool takesCollection =
        request.verb == u"ls" || request.verb == u"pending" || request.verb == u"quarantine" || request.verb == u"export";
    if (takesCollection) {
        return request.operands.size() <= 1;
    }
    if (request.verb == u"cat") {
        return request.operands.size() == 2;
    }
    return (request.verb.isEmpty() || request.verb == u"check") && request.operands.isEmpty();
}

int report(const std::vector<Sync::StoreFault> &faults, bool isJson)
{
    for (const Sync::StoreFault &fault : faults) {
        printFault(fault, isJson);
    }
    return faults.empty() ? exitOk : exitFailed;
}

}  // namespace

int inspectStore(const InspectRequest &request)
{
    if (!isUsable(request)) {
        return fail(Core::invalidArgument(Core::ErrorReason::None,
                                          "write: satchel inspect STORE [ls|cat|pending|quarantine|check|export] ...; see "
                                          "satchel inspect --help"),
                    request.isJson);
    }
    const auto path = findStore(request.store);
    if (!path) {
        return fail(path.error(), request.isJson);
    }
    const auto key = readStoreKey(*path, request.keyFile, request.passphraseFile);
    if (!key) {
        return fail(key.error(), request.isJson);
    }
    if (request.verb == u"check") {
        const auto faults = Sync::StoreReader::check(*path, *key);
        if (!faults) {
            return fail(faults.error(), request.isJson);
        }
        if (faults->empty()) {
            print(stdout, request.isJson ? R"({"good":true})" : "good");
        }
        return report(*faults, request.isJson);
    }
    auto contents = Sync::StoreReader::read(*path, *key);
    if (!contents) {
        return fail(contents.error(), request.isJson);
    }
    const std::vector<Sync::StoreFault> faults = contents->faults;
    const int shown = Inspection(request, std::move(*contents)).show();
    return std::max(shown, report(faults, request.isJson));
}

QString inspectHelp()
{
    return QStringLiteral(R"(Look into a device's store: what is in it, what waits, what was refused, what is damaged.

Examples:
  satchel inspect ~/.local/share/app                    whose store it is, and how much is in it
  satchel inspect a1b2.satchel ls                       documents, with writes that wait and conflicts
  satchel inspect a1b2.satchel cat preferences editor   one document as its app shows it
  satchel inspect a1b2.satchel pending --json           writes that the server has not answered, one object a line
  satchel inspect a1b2.satchel check                    scan every page; a damaged one is named
  satchel inspect a1b2.satchel export > all.jsonl       everything as JSON Lines, as 'satchel import' takes it
  satchel inspect a1b2.satchel ls --passphrase-file -   the passphrase from standard input

STORE is the store's file, or a folder that holds one store. It is read as it is at one moment: its app may run and write meanwhile. No byte
of any file is changed and no lock is taken. What is damaged is passed over and told on standard error; the rest is shown.

Verbs:
  (none)                   a summary
  ls [COLLECTION]          documents
  cat COLLECTION KEY       a document; with --json also what the server has of it, and what waits
  pending [COLLECTION]     writes that wait for the server
  quarantine [COLLECTION]  writes that the server refused, with its reasons
  check                    every page and the structure
  export [COLLECTION]      documents as JSON Lines

Options:
  --key-file FILE          64 hexadecimal digits or 32 bytes (SATCHEL_KEY_FILE; STORE.key). Never made here
  --passphrase-file FILE   derive the key from this passphrase; '-' is standard input
  --json                   one object a line

A key is never given on the command line itself, where other users could see it.

Exit codes: 0 ok, 1 something could not be read, 2 usage.
)");
}

}  // namespace Satchel::Cli
