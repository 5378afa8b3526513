// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "framesummary.h"

#include "client/logging.h"

#include <variant>

namespace Satchel::Sync {
namespace {

struct Summary {
    static std::string of(std::uint64_t number) { return std::to_string(number); }

    std::string operator()(const Wire::Hello &hello) const
    {
        return "Hello, read through " + of(hello.cursor.seq) + ", written through " + of(hello.lastCounter);
    }
    std::string operator()(const Wire::Push &push) const
    {
        return "Push " + of(push.pushId) + " of " + of(push.mutations.size()) + " mutations";
    }
    std::string operator()(const Wire::Ack &ack) const { return "Ack through " + of(ack.cursor.seq); }
    std::string operator()(const Wire::Reauth & /*reauth*/) const { return "Reauth"; }
    std::string operator()(const Wire::Recover &recover) const { return "Recover of " + of(recover.documents.size()) + " documents"; }
    std::string operator()(const Wire::Probe &probe) const { return "Probe " + of(probe.probeId); }

    std::string operator()(const Wire::Welcome &welcome) const
    {
        return std::string("Welcome, ") + (welcome.resume == Wire::Resume::Snapshot ? "a snapshot" : "the log") + " to " + of(welcome.head);
    }
    std::string operator()(const Wire::Pushed &pushed) const
    {
        return "Pushed " + of(pushed.pushId) + ", accepted through " + of(pushed.acceptedThrough);
    }
    std::string operator()(const Wire::Changes &changes) const
    {
        return "Changes " + of(changes.from) + " to " + of(changes.to) + " of " + of(changes.documents.size()) + " documents" +
               (changes.hasMore ? ", more to come" : "");
    }
    std::string operator()(const Wire::Notice &notice) const { return "Notice " + of(std::uint64_t(notice.kind)); }
    std::string operator()(const Wire::SessionError &error) const { return "SessionError " + kindOf(error.error).toStdString(); }
    std::string operator()(const Wire::Recovered &recovered) const { return "Recovered " + of(recovered.healed) + " documents"; }
    std::string operator()(const Wire::Reauthed & /*reauthed*/) const { return "Reauthed"; }
    std::string operator()(const Wire::Probed &probed) const { return "Probed " + of(probed.probeId); }
};

}  // namespace

std::string summaryOf(const Wire::ClientFrame &frame)
{
    return std::visit(Summary(), frame);
}

std::string summaryOf(const Wire::ServerFrame &frame)
{
    return std::visit(Summary(), frame);
}

}  // namespace Satchel::Sync
