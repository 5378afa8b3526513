// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "story.h"

#include "wire/json.h"

#include <QDateTime>

namespace Satchel::Demo {

using Core::Value;
using Test::object;
using Wire::Admin::ConflictKind;

namespace {

QString valueText(const Wire::Admin::SiblingView &sibling)
{
    return sibling.value ? QString::fromStdString(Wire::jsonFromValue(*sibling.value)) : QStringLiteral("removed");
}

QString author(const Wire::Admin::SiblingView &sibling)
{
    const auto written = QDateTime::fromMSecsSinceEpoch(sibling.written.count()).time().toString(QStringLiteral("HH:mm:ss.zzz"));
    const QString name = sibling.deviceName.empty() ? QString::fromStdString(sibling.dot.device.toHex().substr(0, 8))
                                                    : QString::fromStdString(sibling.deviceName);
    return QStringLiteral("%1 at %2").arg(name, written);
}

}  // namespace

void Story::explainConflicts()
{
    m_report.chapter(QStringLiteral("5. How each conflict was settled, and why"));
    const Test::ServerView server(m_server.url(), m_server.token(QStringLiteral("operator"), {QStringLiteral("support")}));
    const auto overwritten = server.conflicts("anna", ConflictKind::Overwritten);
    const auto open = server.conflicts("anna", ConflictKind::Open);
    if (!m_report.promise(QStringLiteral("The server lists what a rule overwrote and what is still open."), overwritten && open,
                          QString::fromStdString(!overwritten ? overwritten.error().detail
                                                 : !open      ? open.error().detail
                                                              : ""))) {
        return;
    }
    bool isLanguageListed = false;
    for (const auto &conflict : *overwritten) {
        const bool isComplete = conflict.siblings.size() == 2;
        if (isComplete) {
            m_report.say(
                QStringLiteral(
                    "%1/%2, %3: %4 (%5) won over %6 (%7). Rule: per field, the later write; they were made without knowing of each other. "
                    "The loser is kept in the history.")
                    .arg(QString::fromStdString(conflict.collection), QString::fromStdString(conflict.key),
                         QString::fromStdString(conflict.field), valueText(conflict.siblings[0]), author(conflict.siblings[0]),
                         valueText(conflict.siblings[1]), author(conflict.siblings[1])));
        }
        isLanguageListed = isLanguageListed || (isComplete && conflict.key == "editor" && conflict.field == "language" &&
                                                conflict.siblings[0].value == Value("fr") && conflict.siblings[1].value == Value("de"));
    }
    m_report.promise(
        QStringLiteral("Of the two languages the later one, \"fr\", is shown on both devices; \"de\" is listed as overwritten, not lost."),
        isLanguageListed && shown(*m_laptop, "preferences", "editor", "language") == Value("fr") &&
            shown(*m_phone, "preferences", "editor", "language") == Value("fr"));
    bool isNoteListed = false;
    for (const auto &conflict : *open) {
        QStringList sides;
        for (const auto &sibling : conflict.siblings) {
            sides.append(QStringLiteral("%1 (%2)").arg(valueText(sibling), author(sibling)));
        }
        m_report.say(
            QStringLiteral("%1/%2, %3: open between %4. Rule: a person decides; until then the later one is shown. They had in common: %5.")
                .arg(QString::fromStdString(conflict.collection), QString::fromStdString(conflict.key),
                     QString::fromStdString(conflict.field), sides.join(QStringLiteral(" and ")),
                     conflict.base ? QString::fromStdString(Wire::jsonFromValue(*conflict.base)) : QStringLiteral("nothing")));
        isNoteListed = isNoteListed || (conflict.collection == "notes" && conflict.siblings.size() == 2 && conflict.base == Value("milk"));
    }
    m_report.promise(QStringLiteral("Both notes are there, with what they had in common."), isNoteListed);
}

bool Story::settleTheNote()
{
    const Value resolution =
        object({{"do", "resolve"}, {"collection", "notes"}, {"key", "shopping"}, {"field", "text"}, {"value", "milk, bread, coffee"}});
    if (!need(QStringLiteral("the laptop resolves the note"), m_laptop->succeeds(resolution)) ||
        !need(QStringLiteral("both sync"), syncBoth())) {
        return false;
    }
    const auto left = m_phone->call(object({{"do", "conflicts"}}));
    const Value *list = left ? left->find("conflicts") : nullptr;
    m_report.promise(QStringLiteral("Resolved on the laptop as \"milk, bread, coffee\"; the phone shows it and has no conflict left."),
                     shown(*m_phone, "notes", "shopping", "text") == Value("milk, bread, coffee") && list != nullptr &&
                         list->as<Value::List>()->empty());
    return true;
}

void Story::compareEverything()
{
    m_report.chapter(QStringLiteral("6. Everything, compared"));
    const auto laptop = m_laptop->exportAll();
    const auto phone = m_phone->exportAll();
    const Test::ServerView server(m_server.url(), m_server.token(QStringLiteral("operator"), {QStringLiteral("support")}));
    const auto served = server.documents("anna");
    Documents expected = m_imported;
    const auto write = [&expected](const char *id, const Value &changes) { expected[id] = merged(expected[id], changes); };
    write("preferences/editor", object({{"theme", "dark"}, {"fontSize", 14}, {"language", "fr"}}));
    write("notes/shopping", object({{"text", "milk, bread, coffee"}}));
    write("progress/walk", object({{"steps", laptopStepCount + phoneStepCount}}));
    m_report.promise(QStringLiteral("Laptop and phone hold the same %1 documents: those of the file, and what was edited since, exactly.")
                         .arg(expected.size()),
                     laptop && phone && *laptop == expected && *phone == expected);
    m_report.promise(QStringLiteral("The server shows the same documents, value by value."), laptop && served && *served == *laptop,
                     served ? QStringLiteral("it shows %1").arg(served->size()) : QString::fromStdString(served.error().detail));
    for (auto *device : {m_laptop.get(), m_phone.get()}) {
        const auto status = device->call(object({{"do", "status"}}));
        const bool isClean = status && *status->find("pending") == Value(0) && *status->find("quarantined") == Value(0);
        m_report.promise(QStringLiteral("Nothing is pending or refused on %1.").arg(device->name()), isClean);
    }
}

}  // namespace Satchel::Demo
