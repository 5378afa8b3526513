// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/protoreader.h"

#include "wire/protobuf/protoparse.h"

#include <algorithm>

namespace Satchel::Wire {

namespace {

using Check = ProtoReader::Check;

constexpr std::size_t longNameBytesMax = 128;
constexpr std::size_t versionBytesMax = 64;
constexpr std::size_t tenantBytesMax = 64;
constexpr std::size_t userBytesMax = 256;
constexpr std::size_t leaseBytesMax = 256;
constexpr std::size_t sessionIdBytesMax = 128;
constexpr std::size_t tokenBytesMax = 16 * 1024;

Check readText(std::string &in, std::size_t bytesMax, std::string &out, std::string_view what)
{
    if (in.size() > bytesMax) {
        return tooMuch(what);
    }
    out = std::move(in);
    return {};
}

template <typename Capable>
bool canZstd(const Capable &in)
{
    return std::find(in.capabilities().begin(), in.capabilities().end(), Pb::CAPABILITY_ZSTD) != in.capabilities().end();
}

Cursor cursorOf(const Pb::Cursor &in)
{
    return Cursor{in.epoch(), in.seq()};
}

Core::Limits limitsOf(const Pb::LimitSet &in)
{
    const auto set = [](std::size_t &limit, std::uint32_t stated) { limit = stated != 0 ? stated : limit; };
    Core::Limits out;
    set(out.documentBytesMax, in.document_bytes_max());
    set(out.fieldCountMax, in.field_count_max());
    if (in.nesting_max() != 0) {
        out.nestingMax = static_cast<int>(std::min<std::uint32_t>(in.nesting_max(), nestingHardMax));
    }
    set(out.keyBytesMax, in.key_bytes_max());
    set(out.mutationBytesMax, in.mutation_bytes_max());
    set(out.frameBytesMax, in.frame_bytes_max());
    return out;
}

}  // namespace

Check ProtoReader::read(Pb::Hello &in, Hello &out) const
{
    out.versionMax = in.protocol_version();
    out.versionMin = in.protocol_version_min();
    Pb::DeviceInfo &device = *in.mutable_device();
    if (Check check = readDevice(device.id(), out.device.id); !check) {
        return check;
    }
    if (Check check = readText(*device.mutable_name(), longNameBytesMax, out.device.name, "a device's name is over 128 bytes"); !check) {
        return check;
    }
    if (Check check = readText(*device.mutable_platform(), longNameBytesMax, out.device.platform, "a platform is over 128 bytes"); !check) {
        return check;
    }
    if (Check check = readText(*device.mutable_app_version(), versionBytesMax, out.device.appVersion, "an app version is over 64 bytes");
        !check) {
        return check;
    }
    if (Check check = readText(*device.mutable_sdk_version(), versionBytesMax, out.device.sdkVersion, "an SDK version is over 64 bytes");
        !check) {
        return check;
    }
    if (Check check = readText(*in.mutable_tenant(), tenantBytesMax, out.owner.tenant, "a tenant is over 64 bytes"); !check) {
        return check;
    }
    if (Check check = readText(*in.mutable_user(), userBytesMax, out.owner.user, "a user is over 256 bytes"); !check) {
        return check;
    }
    out.cursor = cursorOf(in.cursor());
    out.policyVersion = in.policy_version();
    out.canZstd = canZstd(in);
    out.lastCounter = in.last_counter();
    out.settledCounter = in.settled_counter();
    if (out.settledCounter > out.lastCounter) {
        return malformed("a device has answers to more mutations than it has made");
    }
    out.isInSnapshot = in.in_snapshot();
    out.isRecovering = in.recovering();
    return readText(*in.mutable_lease(), leaseBytesMax, out.lease, "a lease is over 256 bytes");
}

Check ProtoReader::read(Pb::Push &in, Push &out) const
{
    out.pushId = in.push_id();
    return readAll(*in.mutable_mutations(), out.mutations);
}

Check ProtoReader::read(Pb::Reauth &in, Reauth &out) const
{
    return readText(*in.mutable_token(), tokenBytesMax, out.token, "a token is over 16 KiB");
}

Check ProtoReader::read(Pb::DocumentDelta &in, DocumentDelta &out) const
{
    out.id.collection = std::move(*in.mutable_collection());
    out.id.key = std::move(*in.mutable_key());
    if (Check check = Core::validateCollectionName(out.id.collection, m_limits); !check) {
        return check;
    }
    if (Check check = Core::validateKey(out.id.key, m_limits); !check) {
        return check;
    }
    out.seq = in.seq();
    return read(*in.mutable_state(), out.state, nullptr);
}

Check ProtoReader::read(Pb::Recover &in, Recover &out) const
{
    out.recoverId = in.recover_id();
    out.hasMore = in.more();
    return readAll(*in.mutable_documents(), out.documents);
}

Check ProtoReader::read(Pb::ClientFrame &in, ClientFrame &out) const
{
    switch (in.kind_case()) {
    case Pb::ClientFrame::kHello:
        return read(*in.mutable_hello(), out.emplace<Hello>());
    case Pb::ClientFrame::kPush:
        return read(*in.mutable_push(), out.emplace<Push>());
    case Pb::ClientFrame::kAck:
        out = Ack{cursorOf(in.ack().cursor())};
        return {};
    case Pb::ClientFrame::kReauth:
        return read(*in.mutable_reauth(), out.emplace<Reauth>());
    case Pb::ClientFrame::kRecover:
        return read(*in.mutable_recover(), out.emplace<Recover>());
    case Pb::ClientFrame::kProbe:
        out = Probe{in.probe().probe_id()};
        return {};
    case Pb::ClientFrame::KIND_NOT_SET:
        break;
    }
    return Core::failure(Core::invalidArgument(Core::ErrorReason::UnexpectedFrame, "a client frame of no known kind"));
}

Check ProtoReader::read(Pb::Welcome &in, Welcome &out) const
{
    out.version = in.protocol_version();
    if (Check check = readText(*in.mutable_session_id(), sessionIdBytesMax, out.sessionId, "a session id is over 128 bytes"); !check) {
        return check;
    }
    out.epoch = in.epoch();
    if (Check check = readTime(in.server_time_ms(), out.serverTime); !check) {
        return check;
    }
    out.head = in.head();
    if (Check check = readText(*in.mutable_lease(), leaseBytesMax, out.lease, "a lease is over 256 bytes"); !check) {
        return check;
    }
    if (in.has_policies()) {
        if (Check check = read(*in.mutable_policies(), out.policies.emplace()); !check) {
            return check;
        }
    }
    out.limits = limitsOf(in.limits());
    if (!Pb::Resume_IsValid(in.resume())) {
        return malformed("unknown way to resume");
    }
    out.resume = static_cast<Resume>(in.resume());
    // The reason only informs, so that a newer server may have more of them.
    out.snapshotReason =
        Pb::SnapshotReason_IsValid(in.snapshot_reason()) ? static_cast<SnapshotReason>(in.snapshot_reason()) : SnapshotReason::None;
    out.acceptedThrough = in.accepted_through();
    out.canZstd = canZstd(in);
    out.isTestServer = in.is_test_server();
    return readSeconds(in.token_expires_at(), out.tokenExpiresAt);
}

Check ProtoReader::read(Pb::Settled &in, Settled &out) const
{
    if (in.counter() == 0) {
        return malformed("a settled mutation has no counter");
    }
    out.counter = in.counter();
    if (in.stamp() != 0) {
        out.stamp = Core::Hlc{in.stamp()};
    }
    out.wasDuplicate = in.was_duplicate();
    if (in.has_refusal()) {
        if (Check check = read(*in.mutable_refusal(), out.refusal.emplace()); !check) {
            return check;
        }
    }
    if (in.has_current()) {
        return read(*in.mutable_current(), out.current.emplace(), nullptr);
    }
    return {};
}

Check ProtoReader::read(Pb::Pushed &in, Pushed &out) const
{
    out.pushId = in.push_id();
    out.acceptedThrough = in.accepted_through();
    out.seqs.assign(in.seqs().begin(), in.seqs().end());
    return readAll(*in.mutable_settled(), out.settled);
}

Check ProtoReader::read(Pb::Changes &in, Changes &out) const
{
    out.from = in.from();
    out.to = in.to();
    if (out.to < out.from) {
        return malformed("changes that run backwards");
    }
    out.hasMore = in.more();
    return readAll(*in.mutable_documents(), out.documents);
}

Check ProtoReader::read(Pb::Notice &in, Notice &out) const
{
    if (!Pb::NoticeKind_IsValid(in.kind()) || in.kind() == Pb::NOTICE_KIND_UNSPECIFIED) {
        return malformed("unknown notice");
    }
    out.kind = static_cast<NoticeKind>(in.kind());
    out.retryAfter = std::chrono::milliseconds(in.retry_after_ms());
    if (in.has_policies()) {
        return read(*in.mutable_policies(), out.policies.emplace());
    }
    return {};
}

Check ProtoReader::read(Pb::RecoverRefusal &in, RecoverRefusal &out) const
{
    out.id.collection = std::move(*in.mutable_collection());
    out.id.key = std::move(*in.mutable_key());
    return read(*in.mutable_error(), out.error);
}

Check ProtoReader::read(Pb::Recovered &in, Recovered &out) const
{
    out.recoverId = in.recover_id();
    out.healed = in.healed();
    return readAll(*in.mutable_refusals(), out.refusals);
}

Check ProtoReader::read(Pb::ServerFrame &in, ServerFrame &out) const
{
    switch (in.kind_case()) {
    case Pb::ServerFrame::kWelcome:
        return read(*in.mutable_welcome(), out.emplace<Welcome>());
    case Pb::ServerFrame::kPushed:
        return read(*in.mutable_pushed(), out.emplace<Pushed>());
    case Pb::ServerFrame::kChanges:
        return read(*in.mutable_changes(), out.emplace<Changes>());
    case Pb::ServerFrame::kNotice:
        return read(*in.mutable_notice(), out.emplace<Notice>());
    case Pb::ServerFrame::kError:
        return read(*in.mutable_error(), out.emplace<SessionError>().error);
    case Pb::ServerFrame::kRecovered:
        return read(*in.mutable_recovered(), out.emplace<Recovered>());
    case Pb::ServerFrame::kReauthed:
        return readSeconds(in.reauthed().expires_at(), out.emplace<Reauthed>().expiresAt);
    case Pb::ServerFrame::kProbed:
        out = Probed{in.probed().probe_id()};
        return {};
    case Pb::ServerFrame::KIND_NOT_SET:
        break;
    }
    return Core::failure(Core::invalidArgument(Core::ErrorReason::UnexpectedFrame, "a server frame of no known kind"));
}

Check ProtoReader::read(Pb::SyncRequest &in, SyncRequest &out) const
{
    out.wait = std::chrono::milliseconds(in.wait_ms());
    if (Check check = readText(*in.mutable_session_id(), sessionIdBytesMax, out.sessionId, "a session id is over 128 bytes"); !check) {
        return check;
    }
    return readAll(*in.mutable_frames(), out.frames);
}

Check ProtoReader::read(Pb::SyncResponse &in, SyncResponse &out) const
{
    return readAll(*in.mutable_frames(), out.frames);
}

}  // namespace Satchel::Wire
