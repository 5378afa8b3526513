// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "metricspage.h"

#include <charconv>

namespace Satchel::Server {

namespace {

std::string numberText(double number)
{
    std::array<char, 32> text{};
    const auto written = std::to_chars(text.data(), text.data() + text.size(), number);
    return {text.data(), written.ptr};
}

/// Writes families of metrics, each with its samples behind it. Label values are names of this program, which need no escape.
class PageWriter {
public:
    void family(std::string_view name, std::string_view type, std::string_view help)
    {
        m_name = "satchel_" + std::string(name);
        m_out += "# HELP " + m_name + ' ' + std::string(help) + "\n# TYPE " + m_name + ' ' + std::string(type) + '\n';
    }
    void sample(const std::string &value, std::string_view label = {}, std::string_view labelValue = {}, std::string_view suffix = {})
    {
        m_out += m_name + std::string(suffix);
        if (!label.empty()) {
            m_out += '{' + std::string(label) + "=\"" + std::string(labelValue) + "\"}";
        }
        m_out += ' ' + value + '\n';
    }
    void counter(std::string_view name, std::string_view help, const Counter &counter)
    {
        family(name, "counter", help);
        sample(std::to_string(counter.value()));
    }
    void gauge(std::string_view name, std::string_view help, const std::string &value)
    {
        family(name, "gauge", help);
        sample(value);
    }
    [[nodiscard]] std::string take() { return std::move(m_out); }

private:
    std::string m_name;
    std::string m_out;
};

void writeNet(PageWriter &page, const Metrics &metrics, const Gauges &gauges)
{
    page.gauge("connections", "Connections that are open.", std::to_string(gauges.connections));
    page.counter("connections_total", "Connections that were taken.", metrics.connections);
    page.family("connections_turned_away_total", "counter", "Connections closed before their first request.");
    page.sample(std::to_string(metrics.connectionsTurnedAway.value(TurnedAway::Full)), "because", "full");
    page.sample(std::to_string(metrics.connectionsTurnedAway.value(TurnedAway::AddressFull)), "because", "address_full");
    page.family("http_requests_total", "counter", "Requests that were answered, by the class of the status.");
    for (std::uint8_t hundreds = 1; hundreds < Metrics::statusClassesMax; ++hundreds) {
        page.sample(std::to_string(metrics.requests.value(hundreds)), "status", std::to_string(hundreds) + "xx");
    }
    page.counter("tokens_refused_total", "Requests and sessions without a token that is good.", metrics.tokensRefused);
    page.gauge("backlog_bytes", "Bytes that wait to be sent to slow readers.", std::to_string(gauges.backlogBytes));
    page.counter("slow_readers_cut_total", "Readers told to come back later because too much waited for all.", metrics.slowReadersCut);
    page.gauge("event_loop_lag_seconds", "How late the slowest event loop was in the last second.",
               numberText(static_cast<double>(metrics.loopLagUs.load()) / 1e6));
}

void writeSync(PageWriter &page, const Metrics &metrics, const Gauges &gauges)
{
    page.gauge("sessions", "Devices that are connected.", std::to_string(gauges.sessions));
    page.counter("hellos_total", "Sessions that were opened or refused by the log.", metrics.hellos);
    page.counter("pushes_total", "Pushes that were answered.", metrics.pushes);
    page.counter("mutations_accepted_total", "Mutations that became events.", metrics.mutationsAccepted);
    page.family("mutations_refused_total", "counter", "Mutations that were refused, by reason.");
    for (std::size_t i = 0; i < Metrics::reasonsMax; ++i) {
        const auto reason = static_cast<Core::ErrorReason>(i);
        if (const std::uint64_t count = metrics.mutationsRefused.value(reason); count > 0) {
            page.sample(std::to_string(count), "reason", Core::reasonName(reason));
        }
    }
    page.counter("pulls_total", "Readings of the log for a device.", metrics.pulls);
    page.counter("documents_sent_total", "Documents sent to devices.", metrics.documentsSent);
}

void writeStore(PageWriter &page, const Metrics &metrics, const Gauges &gauges)
{
    page.counter("commits_total", "Transactions that were written.", metrics.commits);
    page.counter("commits_failed_total", "Transactions that could not be written.", metrics.commitsFailed);
    page.family("commit_seconds", "histogram", "Time from the begin of a transaction until it is durable.");
    std::uint64_t count = 0;
    for (std::size_t i = 0; i <= DurationHistogram::boundsSeconds.size(); ++i) {
        count += metrics.commitTime.bucket(i);
        const bool isLast = i == DurationHistogram::boundsSeconds.size();
        page.sample(std::to_string(count), "le", isLast ? "+Inf" : numberText(DurationHistogram::boundsSeconds[i]), "_bucket");
    }
    page.sample(numberText(metrics.commitTime.sumSeconds()), {}, {}, "_sum");
    page.sample(std::to_string(count), {}, {}, "_count");
    page.gauge("queued_mutations", "Mutations that wait to be written.", std::to_string(gauges.queuedMutations));
    page.gauge("queued_jobs", "Pushes and other writes that wait.", std::to_string(gauges.queuedJobs));
    page.gauge("queued_reads", "Readings of the store that wait.", std::to_string(gauges.queuedReads));
    page.gauge("store_bytes", "Size of the store's files.", std::to_string(gauges.storeBytes));
    page.counter("compaction_passes_total", "Passes of the compaction.", metrics.compactionPasses);
    page.counter("compacted_events_total", "Changes that went from the history.", metrics.compactedEvents);
    page.counter("expired_documents_total", "Documents removed because nobody changed them for their ttl.", metrics.expiredDocuments);
}

void writeOperation(PageWriter &page, const Metrics &metrics, const Gauges &gauges)
{
    page.family("admin_calls_total", "counter", "Calls of the admin services, by their outcome.");
    for (std::size_t i = 0; i < Metrics::codesMax; ++i) {
        const auto code = static_cast<Core::ErrorCode>(i);
        const std::uint64_t count = metrics.adminCalls.value(code);
        if (i == 0 || count > 0) {
            page.sample(std::to_string(count), "outcome", i == 0 ? "ok" : Core::codeName(code));
        }
    }
    page.counter("audit_records_total", "Records appended to audit logs.", metrics.auditRecords);
    page.family("shed_total", "counter", "Work that was turned away because of load.");
    page.sample(std::to_string(metrics.shed.value(Work::Auth)), "work", "auth");
    page.sample(std::to_string(metrics.shed.value(Work::Push)), "work", "push");
    page.sample(std::to_string(metrics.shed.value(Work::Pull)), "work", "pull");
    page.sample(std::to_string(metrics.shed.value(Work::Admin)), "work", "admin");
    page.family("rate_limited_total", "counter", "Requests and pushes over a rate limit.");
    page.sample(std::to_string(metrics.rateLimited.value(LimitScope::Address)), "scope", "address");
    page.sample(std::to_string(metrics.rateLimited.value(LimitScope::User)), "scope", "user");
    page.sample(std::to_string(metrics.rateLimited.value(LimitScope::Tenant)), "scope", "tenant");
    page.gauge("read_only", "1 while the server takes no writes.", gauges.isReadOnly ? "1" : "0");
    page.gauge("start_time_seconds", "When the server was started, since 1970.", std::to_string(gauges.startedAt.count() / 1000));
}

}  // namespace

std::string metricsPage(const Metrics &metrics, const Gauges &gauges)
{
    PageWriter page;
    writeNet(page, metrics, gauges);
    writeSync(page, metrics, gauges);
    writeStore(page, metrics, gauges);
    writeOperation(page, metrics, gauges);
    return page.take();
}

}  // namespace Satchel::Server
