// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "exportlines.h"

#include "wire/json.h"
#include "wire/jsontext.h"

#include <array>

namespace Satchel::Audit {

namespace {

void appendPadded(std::int64_t number, std::size_t digits, std::string &out)
{
    const std::string text = std::to_string(number);
    out.append(text.size() < digits ? digits - text.size() : 0, '0').append(text);
}

/// Names and values of one line's members, in the order in which they are added.
class Line {
public:
    void number(std::string_view name, std::uint64_t value)
    {
        begin(name);
        m_text.append(std::to_string(value));
    }
    void text(std::string_view name, std::string_view value)
    {
        begin(name);
        Wire::appendJsonString(value, m_text);
    }
    void textUnlessEmpty(std::string_view name, std::string_view value)
    {
        if (!value.empty()) {
            text(name, value);
        }
    }
    void yes(std::string_view name)
    {
        begin(name);
        m_text.append("true");
    }
    void texts(std::string_view name, const std::vector<std::string> &values)
    {
        begin(name);
        char before = '[';
        for (const std::string &value : values) {
            m_text.push_back(before);
            Wire::appendJsonString(value, m_text);
            before = ',';
        }
        m_text.append(values.empty() ? "[]" : "]");
    }
    [[nodiscard]] std::string finished() { return std::move(m_text.append("}")); }

private:
    void begin(std::string_view name) { m_text.append(m_text.empty() ? "{\"" : ",\"").append(name).append("\":"); }
    std::string m_text;
};

}  // namespace

std::string timeText(std::chrono::milliseconds sinceEpoch)
{
    using namespace std::chrono;
    const auto day = floor<days>(sinceEpoch);
    const year_month_day date{sys_days(day)};
    const hh_mm_ss time{sinceEpoch - day};
    std::string out;
    appendPadded(static_cast<int>(date.year()), 4, out);
    appendPadded(static_cast<unsigned>(date.month()), 2, out.append("-"));
    appendPadded(static_cast<unsigned>(date.day()), 2, out.append("-"));
    appendPadded(time.hours().count(), 2, out.append("T"));
    appendPadded(time.minutes().count(), 2, out.append(":"));
    appendPadded(time.seconds().count(), 2, out.append(":"));
    appendPadded(time.subseconds().count(), 3, out.append("."));
    return out.append("Z");
}

std::string outcomeText(const Wire::AuditRecord &record)
{
    if (!record.code) {
        return "OK";
    }
    return std::string(Core::codeName(*record.code)) + '/' + std::string(Core::reasonName(record.reason));
}

std::string headerLine(const ExportHeader &header)
{
    Line line;
    line.number("satchelAuditExport", static_cast<std::uint64_t>(header.version));
    line.text("epoch", std::to_string(header.epoch));
    line.text("tenant", header.tenant);
    line.text("key", header.key.toText());
    return line.finished();
}

std::string recordLine(std::uint64_t index, const Wire::AuditRecord &record, std::string_view stored, std::string_view opened)
{
    Line line;
    line.number("index", index);
    line.text("time", timeText(record.time));
    line.text("action", record.action);
    line.text("outcome", outcomeText(record));
    line.textUnlessEmpty("actor", record.personal.actor);
    if (!record.roles.empty()) {
        line.texts("roles", record.roles);
    }
    line.textUnlessEmpty("user", record.personal.user);
    line.textUnlessEmpty("collection", record.personal.collection);
    line.textUnlessEmpty("key", record.personal.key);
    if (record.personal.device) {
        line.text("device", record.personal.device->toHex());
    }
    line.textUnlessEmpty("reason", record.personal.reason);
    if (record.isUnmasked) {
        line.text("values", "unmasked");
    }
    line.textUnlessEmpty("approval", record.approval);
    line.textUnlessEmpty("client", record.personal.clientAddress);
    line.textUnlessEmpty("request", record.requestId);
    line.textUnlessEmpty("requestSha256", Wire::base64Url(record.requestSha256));
    if (record.continuation) {
        line.text("fromEpoch", std::to_string(record.continuation->fromEpoch));
        line.text("toEpoch", std::to_string(record.continuation->epoch));
    }
    if (record.erasure) {
        line.text("erasedUser", Wire::base64Url(record.erasure->userHash));
        line.number("documents", record.erasure->documentCount);
        line.number("events", record.erasure->eventCount);
        line.number("devices", record.erasure->deviceCount);
    }
    if (!record.subject.empty()) {
        line.yes("erased");
    }
    line.textUnlessEmpty("opened", Wire::base64Url(opened));
    line.text("stored", Wire::base64Url(stored));
    return line.finished();
}

std::string leavesLine(std::uint64_t first, std::span<const Hash> leaves)
{
    std::string joined;
    joined.reserve(leaves.size() * sizeof(Hash));
    for (const Hash &leaf : leaves) {
        joined.append(viewOf(leaf));
    }
    Line line;
    line.number("leavesFrom", first);
    line.text("hashes", Wire::base64Url(joined));
    return line.finished();
}

std::string openingsLine(std::string_view note)
{
    Line line;
    line.text("openings", note);
    return line.finished();
}

std::string noteLine(std::string_view note)
{
    Line line;
    line.text("note", note);
    return line.finished();
}

}  // namespace Satchel::Audit
