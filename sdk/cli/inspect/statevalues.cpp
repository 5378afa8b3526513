// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "statevalues.h"

#include <QtCore/QDateTime>

namespace Satchel::Cli {

namespace {

Core::Value number(std::uint64_t value)
{
    return Core::Value(static_cast<std::int64_t>(value));
}

Core::Value valueOf(const Core::Dot &dot)
{
    return Core::Value(dot.device.toHex() + "/" + std::to_string(dot.counter));
}

std::string opName(const Core::Op &op)
{
    static constexpr const char *names[] = {"put", "remove", "increment", "add", "discard"};
    static_assert(std::size(names) == std::variant_size_v<Core::Op>);
    return names[op.index()];
}

Core::Value valueOf(const Core::Op &op)
{
    Core::Value::Map members{{"op", Core::Value(opName(op))}, {"field", nameValue(Core::fieldOf(op))}};
    if (const auto *put = std::get_if<Core::PutOp>(&op)) {
        members.push_back({"value", put->value});
    } else if (const auto *increment = std::get_if<Core::IncrementOp>(&op)) {
        members.push_back({"delta", Core::Value(increment->delta)});
    } else if (const auto *add = std::get_if<Core::AddOp>(&op)) {
        members.push_back({"element", add->element});
    } else if (const auto *discard = std::get_if<Core::DiscardOp>(&op)) {
        members.push_back({"element", discard->element});
    }
    return mapOf(std::move(members));
}

}  // namespace

Core::Value mapOf(Core::Value::Map members)
{
    auto map = Core::Value::map(std::move(members));
    return map ? std::move(*map) : Core::Value();
}

Core::Value valueOf(const Core::Error &error)
{
    return mapOf({{"code", Core::Value(std::string(Core::codeName(error.code)))},
                  {"reason", Core::Value(std::string(Core::reasonName(error.reason)))},
                  {"message", nameValue(error.detail)}});
}

Core::Value nameValue(const std::string &bytes)
{
    return Core::isUtf8(bytes) ? Core::Value(bytes) : Core::Value(Core::Bytes{bytes});
}

Core::Value valueOf(const Core::Mutation &mutation)
{
    Core::Value::List ops;
    for (const Core::Op &op : mutation.ops) {
        ops.push_back(valueOf(op));
    }
    Core::Value::Map members{{"write", valueOf(mutation.dot)},
                             {"written", Core::Value(timeText(static_cast<std::int64_t>(mutation.stamp.milliseconds())))},
                             {"collection", nameValue(mutation.document.collection)},
                             {"key", nameValue(mutation.document.key)},
                             {"replaces", Core::Value(mutation.scope == Core::Scope::Document)},
                             {"ops", Core::Value(std::move(ops))}};
    if (mutation.expected) {
        members.push_back({"expects", mutation.expected->lastWrite ? valueOf(*mutation.expected->lastWrite) : Core::Value()});
    }
    if (mutation.origin) {
        members.push_back({"origin", valueOf(mutation.origin->dot)});
    }
    return mapOf(std::move(members));
}

Core::Value valueOf(const Sync::Quarantined &refused)
{
    return mapOf({{"mutation", valueOf(refused.mutation)},
                  {"refused", Core::Value(timeText(refused.refusedAt.count()))},
                  {"error", valueOf(refused.reason)}});
}

Core::Value summaryOf(const Sync::StoreContents &contents)
{
    const auto &progress = contents.progress;
    return mapOf({{"schema", contents.schema == 0 ? Core::Value() : Core::Value(contents.schema)},
                  {"inUse", Core::Value(contents.isInUse)},
                  {"tenant", nameValue(contents.user.tenant)},
                  {"user", nameValue(contents.user.user)},
                  {"device", Core::Value(contents.device.toHex())},
                  {"documents", number(contents.names().size())},
                  {"pending", number(contents.pending.size())},
                  {"quarantined", number(contents.quarantine.size())},
                  {"toRecover", number(contents.recovery.size())},
                  {"settledThrough", number(contents.settledThrough)},
                  {"epoch", number(progress.cursor.epoch)},
                  {"seq", number(progress.cursor.seq)},
                  {"policyVersion", number(contents.policies.version())},
                  {"inSnapshot", Core::Value(progress.snapshotReason != Wire::SnapshotReason::None)},
                  {"lastSynced", progress.lastSynced.count() == 0 ? Core::Value() : Core::Value(timeText(progress.lastSynced.count()))}});
}

std::string opsText(const Core::Mutation &mutation)
{
    std::string text = mutation.scope == Core::Scope::Document ? "replace:" : "";
    for (const Core::Op &op : mutation.ops) {
        text += (text.empty() ? "" : text.back() == ':' ? " " : ", ") + opName(op) + " " + Core::fieldOf(op);
    }
    return text;
}

std::string timeText(std::int64_t milliseconds)
{
    return QDateTime::fromMSecsSinceEpoch(milliseconds).toUTC().toString(Qt::ISODateWithMs).toStdString();
}

}  // namespace Satchel::Cli
