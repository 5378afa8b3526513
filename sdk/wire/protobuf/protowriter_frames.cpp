// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/protowriter.h"

namespace Satchel::Wire {

namespace {

template <typename Capable>
void setZstd(bool canZstd, Capable *out)
{
    if (canZstd) {
        out->add_capabilities(Pb::CAPABILITY_ZSTD);
    }
}

void write(const Cursor &in, Pb::Cursor *out)
{
    out->set_epoch(in.epoch);
    out->set_seq(in.seq);
}

void write(const std::vector<DocumentDelta> &in, google::protobuf::RepeatedPtrField<Pb::DocumentDelta> *out)
{
    out->Reserve(static_cast<int>(in.size()));
    for (const DocumentDelta &delta : in) {
        Pb::DocumentDelta *added = out->Add();
        added->set_collection(delta.id.collection);
        added->set_key(delta.id.key);
        added->set_seq(delta.seq);
        Wire::write(delta.state, nullptr, added->mutable_state());
    }
}

void write(const Core::Limits &in, Pb::LimitSet *out)
{
    out->set_document_bytes_max(unsigned32Of(in.documentBytesMax));
    out->set_field_count_max(unsigned32Of(in.fieldCountMax));
    out->set_nesting_max(in.nestingMax > 0 ? static_cast<std::uint32_t>(in.nestingMax) : 0);
    out->set_key_bytes_max(unsigned32Of(in.keyBytesMax));
    out->set_mutation_bytes_max(unsigned32Of(in.mutationBytesMax));
    out->set_frame_bytes_max(unsigned32Of(in.frameBytesMax));
    out->set_push_mutations_max(unsigned32Of(pushMutationsMax));
    out->set_pushes_in_flight_max(unsigned32Of(pushesInFlightMax));
}

struct ClientFrameWriter {
    Pb::ClientFrame *out;

    void operator()(const Hello &in) const
    {
        Pb::Hello *hello = out->mutable_hello();
        hello->set_protocol_version(in.versionMax);
        hello->set_protocol_version_min(in.versionMin);
        Pb::DeviceInfo *device = hello->mutable_device();
        device->mutable_id()->assign(in.device.id.view());
        device->set_name(in.device.name);
        device->set_platform(in.device.platform);
        device->set_app_version(in.device.appVersion);
        device->set_sdk_version(in.device.sdkVersion);
        write(in.cursor, hello->mutable_cursor());
        hello->set_lease(in.lease);
        hello->set_policy_version(in.policyVersion);
        setZstd(in.canZstd, hello);
        hello->set_last_counter(in.lastCounter);
        hello->set_settled_counter(in.settledCounter);
        hello->set_in_snapshot(in.isInSnapshot);
        hello->set_recovering(in.isRecovering);
        hello->set_tenant(in.owner.tenant);
        hello->set_user(in.owner.user);
    }
    void operator()(const Push &in) const
    {
        Pb::Push *push = out->mutable_push();
        push->set_push_id(in.pushId);
        push->mutable_mutations()->Reserve(static_cast<int>(in.mutations.size()));
        for (const Core::Mutation &mutation : in.mutations) {
            Wire::write(mutation, push->add_mutations());
        }
    }
    void operator()(const Ack &in) const { write(in.cursor, out->mutable_ack()->mutable_cursor()); }
    void operator()(const Reauth &in) const { out->mutable_reauth()->set_token(in.token); }
    void operator()(const Probe &in) const { out->mutable_probe()->set_probe_id(in.probeId); }
    void operator()(const Recover &in) const
    {
        Pb::Recover *recover = out->mutable_recover();
        recover->set_recover_id(in.recoverId);
        write(in.documents, recover->mutable_documents());
        recover->set_more(in.hasMore);
    }
};

struct ServerFrameWriter {
    Pb::ServerFrame *out;

    void operator()(const Welcome &in) const
    {
        Pb::Welcome *welcome = out->mutable_welcome();
        welcome->set_protocol_version(in.version);
        welcome->set_session_id(in.sessionId);
        welcome->set_epoch(in.epoch);
        welcome->set_server_time_ms(unsignedOf(in.serverTime));
        welcome->set_head(in.head);
        welcome->set_lease(in.lease);
        if (in.policies) {
            Wire::write(*in.policies, welcome->mutable_policies());
        }
        write(in.limits, welcome->mutable_limits());
        welcome->set_resume(static_cast<Pb::Resume>(in.resume));
        welcome->set_snapshot_reason(static_cast<Pb::SnapshotReason>(in.snapshotReason));
        welcome->set_accepted_through(in.acceptedThrough);
        setZstd(in.canZstd, welcome);
        welcome->set_is_test_server(in.isTestServer);
        welcome->set_token_expires_at(unsignedSecondsOf(in.tokenExpiresAt));
    }
    void operator()(const Pushed &in) const
    {
        Pb::Pushed *pushed = out->mutable_pushed();
        pushed->set_push_id(in.pushId);
        pushed->set_accepted_through(in.acceptedThrough);
        pushed->mutable_seqs()->Add(in.seqs.begin(), in.seqs.end());
        for (const Settled &settled : in.settled) {
            Pb::Settled *added = pushed->add_settled();
            added->set_counter(settled.counter);
            added->set_stamp(settled.stamp ? settled.stamp->packed : 0);
            if (settled.refusal) {
                Wire::write(*settled.refusal, added->mutable_refusal());
            }
            if (settled.current) {
                Wire::write(*settled.current, nullptr, added->mutable_current());
            }
            added->set_was_duplicate(settled.wasDuplicate);
        }
    }
    void operator()(const Changes &in) const
    {
        Pb::Changes *changes = out->mutable_changes();
        changes->set_from(in.from);
        changes->set_to(in.to);
        write(in.documents, changes->mutable_documents());
        changes->set_more(in.hasMore);
    }
    void operator()(const Notice &in) const
    {
        Pb::Notice *notice = out->mutable_notice();
        notice->set_kind(static_cast<Pb::NoticeKind>(in.kind));
        notice->set_retry_after_ms(unsigned32Of(unsignedOf(in.retryAfter)));
        if (in.policies) {
            Wire::write(*in.policies, notice->mutable_policies());
        }
    }
    void operator()(const SessionError &in) const { Wire::write(in.error, out->mutable_error()); }
    void operator()(const Recovered &in) const
    {
        Pb::Recovered *recovered = out->mutable_recovered();
        recovered->set_recover_id(in.recoverId);
        recovered->set_healed(in.healed);
        for (const RecoverRefusal &refusal : in.refusals) {
            Pb::RecoverRefusal *added = recovered->add_refusals();
            added->set_collection(refusal.id.collection);
            added->set_key(refusal.id.key);
            Wire::write(refusal.error, added->mutable_error());
        }
    }
    void operator()(const Probed &in) const { out->mutable_probed()->set_probe_id(in.probeId); }
    void operator()(const Reauthed &in) const { out->mutable_reauthed()->set_expires_at(unsignedSecondsOf(in.expiresAt)); }
};

}  // namespace

void write(const ClientFrame &in, Pb::ClientFrame *out)
{
    std::visit(ClientFrameWriter{out}, in);
}

void write(const ServerFrame &in, Pb::ServerFrame *out)
{
    std::visit(ServerFrameWriter{out}, in);
}

void write(const SyncRequest &in, Pb::SyncRequest *out)
{
    out->set_session_id(in.sessionId);
    for (const ClientFrame &frame : in.frames) {
        write(frame, out->add_frames());
    }
    out->set_wait_ms(unsigned32Of(unsignedOf(in.wait)));
}

void write(const SyncResponse &in, Pb::SyncResponse *out)
{
    for (const ServerFrame &frame : in.frames) {
        write(frame, out->add_frames());
    }
}

}  // namespace Satchel::Wire
