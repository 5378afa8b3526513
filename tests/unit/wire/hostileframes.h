// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "wire/codec.h"

#include "satchel/v1/sync.pb.h"

#include <QMetaType>

#include <string>
#include <utility>

namespace Satchel::Test {

namespace Pb = ::satchel::v1;

inline std::string inEnvelope(const std::string &plain)
{
    Pb::Envelope envelope;
    envelope.set_plain(plain);
    return envelope.SerializeAsString();
}

inline Core::Error clientError(const std::string &message, const Core::Limits &limits = {})
{
    const auto decoded = Wire::decodeClientFrame(message, limits);
    return decoded ? Core::Error{} : decoded.error();
}

inline Core::Error serverError(const Pb::ServerFrame &frame)
{
    const auto decoded = Wire::decodeServerFrame(inEnvelope(frame.SerializeAsString()), {});
    return decoded ? Core::Error{} : decoded.error();
}

/// A push of one valid mutation, for tests to spoil.
inline Pb::ClientFrame validPush()
{
    Pb::ClientFrame frame;
    Pb::Mutation *mutation = frame.mutable_push()->add_mutations();
    mutation->mutable_dot()->set_device(std::string(16, 'd'));
    mutation->mutable_dot()->set_counter(3);
    mutation->set_collection("notes");
    mutation->set_key("k");
    Pb::Op *op = mutation->add_ops();
    op->set_field("f");
    op->mutable_put()->set_int_value(1);
    return frame;
}

inline Pb::Mutation *mutationOf(Pb::ClientFrame &frame)
{
    return frame.mutable_push()->mutable_mutations(0);
}

inline Pb::Value *nestedList(Pb::Value *value, int depth)
{
    for (int i = 0; i < depth; ++i) {
        value = value->mutable_list_value()->add_items();
    }
    return value;
}

inline Pb::Value *nestedMap(Pb::Value *value, int depth)
{
    for (int i = 0; i < depth; ++i) {
        value = value->mutable_map_value()->add_entries()->mutable_value();
    }
    return value;
}

inline Pb::ServerFrame validChanges()
{
    Pb::ServerFrame frame;
    Pb::DocumentDelta *delta = frame.mutable_changes()->add_documents();
    delta->set_collection("notes");
    delta->set_key("k");
    Pb::FieldState *field = delta->mutable_state()->add_fields();
    field->set_name("f");
    Pb::Sibling *sibling = field->add_siblings();
    sibling->mutable_dot()->set_device(std::string(16, 'd'));
    sibling->mutable_dot()->set_counter(3);
    return frame;
}

inline Pb::FieldState *fieldOf(Pb::ServerFrame &frame)
{
    return frame.mutable_changes()->mutable_documents(0)->mutable_state()->mutable_fields(0);
}

}  // namespace Satchel::Test

Q_DECLARE_METATYPE(Satchel::Core::ErrorReason)
