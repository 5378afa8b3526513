// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "support/generators.h"

#include <algorithm>
#include <set>
#include <vector>

namespace Satchel::Gen {

rc::Gen<Core::VersionVector> versionVector()
{
    return rc::gen::exec([] {
        Core::VersionVector out;
        for (const Core::Dot &entry : *rc::gen::container<std::vector<Core::Dot>>(dot())) {
            out.add(entry);
        }
        return out;
    });
}

rc::Gen<Core::Op> op()
{
    return rc::gen::exec([]() -> Core::Op {
        switch (*rc::gen::inRange(0, 6)) {
        case 0: {
            Core::RemoveOp remove{*name(), {}};
            for (const Core::Dot &seen : *rc::gen::container<std::set<Core::Dot>>(dot())) {
                remove.observed.push_back({seen, *number<std::int64_t>()});
            }
            return remove;
        }
        case 1:
            return Core::IncrementOp{*name(), *number<std::int64_t>()};
        case 2:
            return Core::AddOp{*name(), *scalar()};
        case 3:
            return Core::DiscardOp{*name(), *scalar()};
        default:
            return Core::PutOp{*name(), *value()};
        }
    });
}

rc::Gen<Core::DocumentId> documentId()
{
    return rc::gen::exec([] { return Core::DocumentId{*rc::gen::element<std::string>("settings", "notes", "a.b-c_9"), *name()}; });
}

rc::Gen<Core::Mutation> mutation()
{
    return rc::gen::exec([] {
        Core::Mutation out;
        out.context = *versionVector();
        out.dot.device = *device();
        out.dot.counter = std::max<std::uint64_t>(out.context.counterOf(out.dot.device), *rc::gen::inRange<std::uint64_t>(0, 1000));
        RC_PRE(out.dot.counter < std::numeric_limits<std::uint64_t>::max());
        ++out.dot.counter;
        out.stamp = *stamp();
        out.document = *documentId();
        out.ops = *rc::gen::resize(6, rc::gen::container<std::vector<Core::Op>>(op()));
        out.scope = *rc::gen::element(Core::Scope::Fields, Core::Scope::Document);
        out.policyVersion = *number<std::uint64_t>();
        if (*rc::gen::arbitrary<bool>()) {
            out.expected = Core::Expectation{*maybe(dot())};
        }
        if (*rc::gen::arbitrary<bool>()) {
            out.origin = Core::Origin{*dot(), *stamp()};
        }
        return out;
    });
}

rc::Gen<Core::FieldState> fieldState()
{
    return rc::gen::exec([] {
        Core::FieldState out;
        const auto dots = rc::gen::resize(4, rc::gen::container<std::set<Core::Dot>>(dot()));
        for (const Core::Dot &writer : *dots) {
            out.siblings.push_back({writer, *stamp(), *maybe(value(2))});
        }
        for (const Core::DeviceId &id : *rc::gen::resize(3, rc::gen::container<std::set<Core::DeviceId>>(device()))) {
            out.counter.push_back({id, *positive(), *number<std::int64_t>(), *number<std::uint64_t>(), *number<std::int64_t>()});
        }
        for (const Core::Value &element : *rc::gen::resize(3, rc::gen::container<std::set<Core::Value>>(scalar()))) {
            std::set<Core::Dot> keepers = *dots;
            keepers.insert(*dot());
            out.elements.push_back({element, {keepers.begin(), keepers.end()}});
        }
        return out;
    });
}

rc::Gen<Core::Document> document()
{
    return rc::gen::exec([] {
        Core::Document out;
        out.context = *versionVector();
        if (*rc::gen::arbitrary<bool>()) {
            out.lastWrite = Core::WriteMark{*stamp(), *dot()};
        }
        for (const std::string &field : *rc::gen::resize(4, rc::gen::container<std::set<std::string>>(name()))) {
            out.fields.push_back({field, *fieldState()});
        }
        return out;
    });
}

rc::Gen<Core::PolicySet> policySet()
{
    return rc::gen::exec([] {
        Core::PolicySet out;
        out.setVersion(*number<std::uint64_t>());
        for (const char *collection : {"settings", "notes", "a.b-c_9"}) {
            Core::Policy policy{collection,
                                *number<std::uint64_t>(),
                                *rc::gen::element(Core::Consistency::Eventual, Core::Consistency::Strong),
                                *rc::gen::element(Core::ConflictRule::Merge, Core::ConflictRule::LastWriter, Core::ConflictRule::Manual,
                                                  Core::ConflictRule::Custom),
                                *rc::gen::element(Core::Sensitivity::Public, Core::Sensitivity::Personal, Core::Sensitivity::Restricted),
                                {}};
            for (const std::string &field : *rc::gen::resize(3, rc::gen::container<std::set<std::string>>(name()))) {
                policy.fieldKinds.emplace(field,
                                          *rc::gen::element(Core::FieldKind::Register, Core::FieldKind::Counter, Core::FieldKind::Set));
            }
            if (*rc::gen::arbitrary<bool>()) {
                out.insert(std::move(policy));
            }
        }
        return out;
    });
}

}  // namespace Satchel::Gen
