// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/auditrecord.h"

#include "wire/protobuf/protoparse.h"
#include "wire/protobuf/protoreader.h"
#include "wire/protobuf/protowriter.h"

namespace Satchel::Wire {

namespace {

constexpr int recursionMax = 4;

/// A record within a record: what is about people has bytes of its own.
Core::Result<void> readPersonal(const ProtoReader &reader, std::string_view bytes, AuditPersonal &out)
{
    SmallArena arena;
    auto *in = arena.make<Pb::AuditPersonal>();
    if (Core::Result<void> parsed = parse(bytes, recursionMax, *in); !parsed) {
        return parsed;
    }
    return reader.read(*in, out);
}

Core::Error damaged(const char *what, const std::string &detail)
{
    return Core::makeError(Core::ErrorCode::DataLoss, Core::ErrorReason::StoreDamaged,
                           "a stored " + std::string(what) + " does not decode: " + detail, Core::Retry::AfterChange);
}

}  // namespace

std::string encode(const AuditRecord &record)
{
    SmallArena arena;
    auto *personal = arena.make<Pb::AuditPersonal>();
    write(record.personal, personal);
    auto *out = arena.make<Pb::AuditRecord>();
    write(record, out);
    out->set_personal(serialize(*personal));
    return serialize(*out);
}

Core::Result<AuditRecord> decodeStoredAuditRecord(std::string_view bytes)
{
    SmallArena arena;
    auto *in = arena.make<Pb::AuditRecord>();
    AuditRecord record;
    const ProtoReader reader{Core::Limits()};
    Core::Result<void> result = parse(bytes, recursionMax, *in);
    if (result) {
        result = readPersonal(reader, in->personal(), record.personal);
    }
    if (result) {
        result = reader.read(*in, record);
    }
    if (!result) {
        return Core::failure(damaged("AuditRecord", result.error().detail));
    }
    return record;
}

std::string encodeSubject(const AuditRecord &record, std::string_view salt)
{
    SmallArena arena;
    auto *out = arena.make<Pb::AuditSubject>();
    out->set_salt(std::string(salt));
    write(record, out);
    return serialize(*out);
}

void clearSubject(AuditRecord &record)
{
    AuditPersonal kept;
    kept.actor = std::move(record.personal.actor);
    kept.clientAddress = std::move(record.personal.clientAddress);
    record.personal = std::move(kept);
    record.requestSha256.clear();
}

Core::Result<void> readSubject(std::string_view bytes, AuditRecord &record)
{
    SmallArena arena;
    auto *in = arena.make<Pb::AuditSubject>();
    Core::Result<void> result = parse(bytes, recursionMax, *in);
    if (result) {
        result = ProtoReader{Core::Limits()}.read(*in, record);
    }
    if (!result) {
        return Core::failure(damaged("AuditSubject", result.error().detail));
    }
    record.subject.clear();
    record.commitment.clear();
    return {};
}

}  // namespace Satchel::Wire
