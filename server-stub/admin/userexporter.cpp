// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "userexporter.h"

#include "audit/exportlines.h"
#include "audit/openings.h"
#include "audit/userexport.h"
#include "server-stub/admin/command.h"
#include "wire/admincodec.h"
#include "wire/json.h"

#include <algorithm>

namespace Satchel::Server {

using Core::Value;

namespace {

constexpr std::size_t rowsInPartMax = 200;

Value objectOf(Value::Map entries)
{
    auto made = Value::map(std::move(entries));
    return made ? std::move(*made) : Value();
}

Value numberOf(std::uint64_t number)
{
    return Value(static_cast<std::int64_t>(number));
}

Value timeOf(std::chrono::milliseconds time)
{
    return Value(Audit::timeText(time));
}

Value timeOf(Core::Hlc stamp)
{
    return timeOf(std::chrono::milliseconds(static_cast<std::int64_t>(stamp.milliseconds())));
}

std::int64_t placeNumber(const std::string &text)
{
    return text.empty() ? 0 : std::stoll(text);
}

void append(std::string line, UserExporter::Place &place, std::string &lines)
{
    place.digest = Audit::digestWith(place.digest, Audit::sha256(line));
    ++place.lineCount;
    lines += line += '\n';
}

void append(const char *kind, Value content, UserExporter::Place &place, std::string &lines)
{
    append(Wire::jsonFromValue(objectOf({{kind, std::move(content)}})), place, lines);
}

/// Behind the lines of a part, which begin there: so a reader can tell which of them was changed.
void appendHashes(std::size_t begin, UserExporter::Place &place, std::string &lines)
{
    std::vector<Audit::Hash> hashes;
    for (std::size_t end = 0; (end = lines.find('\n', begin)) != std::string::npos; begin = end + 1) {
        hashes.push_back(Audit::sha256(std::string_view(lines).substr(begin, end - begin)));
    }
    if (!hashes.empty()) {
        append(Audit::hashesLine(place.lineCount - hashes.size() + 1, hashes), place, lines);
    }
}

void next(UserExporter::Section section, UserExporter::Place &place)
{
    place.section = section;
    place.first.clear();
    place.second.clear();
}

}  // namespace

Core::Result<void> UserExporter::addPart(AdminView &view, std::chrono::milliseconds now, Place &place, std::string &lines) const
{
    const std::size_t begin = lines.size();
    auto added = addRows(view, now, place, lines);
    if (added) {
        appendHashes(begin, place, lines);
    }
    return added;
}

Core::Result<void> UserExporter::addRows(AdminView &view, std::chrono::milliseconds now, Place &place, std::string &lines) const
{
    switch (place.section) {
    case Section::Profile:
        return addProfile(view, now, place, lines);
    case Section::Documents:
        return addDocuments(view, place, lines);
    case Section::Events:
        return addEvents(view, place, lines);
    case Section::Overwritten:
        return addOverwritten(view, place, lines);
    case Section::Audit:
        return addAudit(view, place, lines);
    case Section::Notes:
        return addNotes(view, place, lines);
    case Section::Done:
        break;
    }
    return {};
}

Audit::Checkpoint UserExporter::manifestOf(const Place &place) const
{
    return {Audit::userExportOrigin(m_epoch, m_user.tenant), place.lineCount, place.digest};
}

Core::Result<void> UserExporter::addProfile(AdminView &view, std::chrono::milliseconds now, Place &place, std::string &lines) const
{
    const auto user = view.user(m_user);
    if (!user) {
        return Core::failure(user.error());
    }
    if (!*user) {
        return Core::failure(notFound("there is no such user"));
    }
    append(Wire::jsonFromValue(objectOf({{"satchelUserExport", Value(Audit::userExportVersion)},
                                         {"tenant", Value(m_user.tenant)},
                                         {"user", Value(m_user.user)},
                                         {"epoch", Value(std::to_string(m_epoch))},
                                         {"exported", timeOf(now)}})),
           place, lines);
    append(R"({"profile":)" + Wire::Admin::encode(**user, Wire::Admin::Format::Json) + '}', place, lines);
    next(Section::Documents, place);
    return {};
}

Value UserExporter::shown(const std::string &collection, const std::string &field, const Value &value) const
{
    return m_mask.hides(collection, field) ? objectOf({{"$masked", Value(true)}}) : value;
}

Value UserExporter::siblingOf(const std::string &collection, const std::string &field, const Core::Sibling &sibling) const
{
    Value::Map entries{
        {"device", Value(sibling.dot.device.toHex())}, {"counter", numberOf(sibling.dot.counter)}, {"written", timeOf(sibling.stamp)}};
    if (sibling.value) {
        entries.emplace_back("value", shown(collection, field, *sibling.value));
    }
    return objectOf(std::move(entries));
}

Core::Result<void> UserExporter::addDocuments(AdminView &view, Place &place, std::string &lines) const
{
    DocumentsQuery query;
    query.user = m_user;
    query.rowsMax = rowsInPartMax;
    if (!place.first.empty()) {
        query.after = Core::DocumentId{place.first, place.second};
    }
    const auto summaries = view.documents(query);
    if (!summaries) {
        return Core::failure(summaries.error());
    }
    for (const Wire::Admin::DocumentSummary &summary : *summaries) {
        const auto stored = view.document(m_user, Core::DocumentId{summary.collection, summary.key});
        if (!stored) {
            return Core::failure(stored.error());
        }
        Value::Map fields;
        for (const Core::Document::Field &field : *stored ? (*stored)->document.fields : std::vector<Core::Document::Field>{}) {
            Value::List siblings;
            for (const Core::Sibling &sibling : field.state.siblings) {
                siblings.push_back(siblingOf(summary.collection, field.name, sibling));
            }
            Value::List elements;
            for (const Core::SetElement &element : field.state.elements) {
                elements.push_back(shown(summary.collection, field.name, element.element));
            }
            Value::Map state{{"siblings", Value(std::move(siblings))}};
            if (!elements.empty()) {
                state.emplace_back("elements", Value(std::move(elements)));
            }
            if (!field.state.counter.empty()) {
                std::int64_t sum = 0;
                for (const Core::CounterEntry &part : field.state.counter) {
                    sum += part.sum - part.removedSum;
                }
                state.emplace_back("count", shown(summary.collection, field.name, Value(sum)));
            }
            fields.emplace_back(field.name, objectOf(std::move(state)));
        }
        append("document",
               objectOf({{"collection", Value(summary.collection)},
                         {"key", Value(summary.key)},
                         {"seq", numberOf(summary.seq)},
                         {"updated", timeOf(summary.updated)},
                         {"fields", objectOf(std::move(fields))}}),
               place, lines);
        place.first = summary.collection;
        place.second = summary.key;
    }
    if (summaries->size() < rowsInPartMax) {
        next(Section::Events, place);
    }
    return {};
}

Value UserExporter::opOf(const std::string &collection, const Core::Op &op) const
{
    Value::Map entries{{"field", Value(Core::fieldOf(op))}};
    if (const auto *put = std::get_if<Core::PutOp>(&op)) {
        entries.emplace_back("put", shown(collection, put->field, put->value));
    } else if (const auto *increment = std::get_if<Core::IncrementOp>(&op)) {
        entries.emplace_back("increment", shown(collection, increment->field, Value(increment->delta)));
    } else if (const auto *add = std::get_if<Core::AddOp>(&op)) {
        entries.emplace_back("add", shown(collection, add->field, add->element));
    } else if (const auto *discard = std::get_if<Core::DiscardOp>(&op)) {
        entries.emplace_back("discard", shown(collection, discard->field, discard->element));
    } else {
        entries.emplace_back("remove", Value(true));
    }
    return objectOf(std::move(entries));
}

Core::Result<void> UserExporter::addEvents(AdminView &view, Place &place, std::string &lines) const
{
    const auto events = view.userEvents(m_user, static_cast<std::uint64_t>(placeNumber(place.first)), rowsInPartMax);
    if (!events) {
        return Core::failure(events.error());
    }
    for (const EventRow &event : *events) {
        Value::List ops;
        for (const Core::Op &op : event.mutation.ops) {
            ops.push_back(opOf(event.mutation.document.collection, op));
        }
        append("event",
               objectOf({{"seq", numberOf(event.seq)},
                         {"received", timeOf(event.received)},
                         {"written", timeOf(event.written)},
                         {"device", Value(event.mutation.dot.device.toHex())},
                         {"counter", numberOf(event.mutation.dot.counter)},
                         {"collection", Value(event.mutation.document.collection)},
                         {"key", Value(event.mutation.document.key)},
                         {"ops", Value(std::move(ops))}}),
               place, lines);
        place.first = std::to_string(event.seq);
    }
    if (events->size() < rowsInPartMax) {
        next(Section::Overwritten, place);
    }
    return {};
}

Core::Result<void> UserExporter::addOverwritten(AdminView &view, Place &place, std::string &lines) const
{
    ConflictsQuery query;
    query.tenant = m_user.tenant;
    query.user = m_user.user;
    query.beforeId = placeNumber(place.first);
    query.rowsMax = rowsInPartMax;
    const auto rows = view.overwritten(query);
    if (!rows) {
        return Core::failure(rows.error());
    }
    for (const ConflictRow &row : *rows) {
        const std::string &collection = row.document.collection;
        append("overwritten",
               objectOf({{"collection", Value(collection)},
                         {"key", Value(row.document.key)},
                         {"field", Value(row.field)},
                         {"seq", numberOf(row.seq)},
                         {"detected", timeOf(row.detected)},
                         {"winner", siblingOf(collection, row.field, row.siblings.at(0))},
                         {"loser", siblingOf(collection, row.field, row.siblings.at(1))}}),
               place, lines);
        place.first = std::to_string(row.id);
    }
    if (rows->size() < rowsInPartMax) {
        next(Section::Audit, place);
    }
    return {};
}

Core::Result<void> UserExporter::addAudit(AdminView &view, Place &place, std::string &lines) const
{
    AuditQuery query;
    query.tenant = m_user.tenant;
    query.user = m_user.user;
    query.rowsMax = rowsInPartMax;
    if (!place.first.empty()) {
        query.before = static_cast<std::uint64_t>(placeNumber(place.first));
    }
    const auto rows = view.auditRecords(query);
    if (!rows) {
        return Core::failure(rows.error());
    }
    for (const AuditRow &row : *rows) {
        const auto record = Audit::readRecord(row.stored, row.opened);
        if (!record) {
            return Core::failure(record.error());
        }
        append(R"({"audit":)" + Audit::recordLine(row.place, *record, row.stored, row.opened) + '}', place, lines);
        place.first = std::to_string(row.place);
    }
    if (rows->size() < rowsInPartMax) {
        next(Section::Notes, place);
    }
    return {};
}

Core::Result<void> UserExporter::addNotes(AdminView &view, Place &place, std::string &lines) const
{
    NotesQuery query;
    query.user = m_user;
    query.rowsMax = rowsInPartMax;
    if (!place.first.empty()) {
        query.beforeTime = std::chrono::milliseconds(placeNumber(place.first));
        query.beforeId = place.second;
    }
    const auto rows = view.notes(query);
    if (!rows) {
        return Core::failure(rows.error());
    }
    for (const NoteRow &row : *rows) {
        append(
            "operatorNote",
            objectOf({{"id", Value(row.id)}, {"author", Value(row.author)}, {"created", timeOf(row.created)}, {"text", Value(row.text)}}),
            place, lines);
        place.first = std::to_string(row.created.count());
        place.second = row.id;
    }
    if (rows->size() < rowsInPartMax) {
        next(Section::Done, place);
    }
    return {};
}

}  // namespace Satchel::Server
