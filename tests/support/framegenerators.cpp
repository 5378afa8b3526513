// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "support/framegenerators.h"

namespace Satchel::Gen {

rc::Gen<std::chrono::milliseconds> time()
{
    return rc::gen::map(rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 48),
                        [](std::int64_t n) { return std::chrono::milliseconds(n); });
}

rc::Gen<std::chrono::milliseconds> shortTime()
{
    return rc::gen::map(number<std::uint32_t>(), [](std::uint32_t n) { return std::chrono::milliseconds(n); });
}

rc::Gen<Core::Error> error()
{
    return rc::gen::exec([] {
        return Core::Error{static_cast<Core::ErrorCode>(*rc::gen::inRange(1, 17)), static_cast<Core::ErrorReason>(*number<std::uint16_t>()),
                           *text(), static_cast<Core::Retry>(*rc::gen::inRange(0, 4)), *shortTime()};
    });
}

rc::Gen<Wire::Cursor> cursor()
{
    return rc::gen::exec([] { return Wire::Cursor{*number<std::uint64_t>(), *number<std::uint64_t>()}; });
}

rc::Gen<std::vector<Wire::DocumentDelta>> deltas()
{
    return rc::gen::resize(4, rc::gen::container<std::vector<Wire::DocumentDelta>>(
                                  rc::gen::exec([] { return Wire::DocumentDelta{*documentId(), *number<std::uint64_t>(), *document()}; })));
}

rc::Gen<Wire::ClientFrame> clientFrame(std::size_t kind)
{
    return rc::gen::exec([kind]() -> Wire::ClientFrame {
        switch (kind) {
        case 0: {
            const auto lastCounter = *number<std::uint64_t>();
            return Wire::Hello{*number<std::uint32_t>(),
                               *number<std::uint32_t>(),
                               {*device(), *text(), *text(), *text(), *text()},
                               *cursor(),
                               *rc::gen::resize(64, bytes()),
                               *number<std::uint64_t>(),
                               *rc::gen::arbitrary<bool>(),
                               lastCounter,
                               lastCounter / 2,
                               *rc::gen::arbitrary<bool>(),
                               *rc::gen::arbitrary<bool>(),
                               {*text(), *text()}};
        }
        case 1:
            return Wire::Push{*number<std::uint64_t>(), *rc::gen::resize(6, rc::gen::container<std::vector<Core::Mutation>>(mutation()))};
        case 2:
            return Wire::Ack{*cursor()};
        case 3:
            return Wire::Reauth{*text()};
        case 4:
            return Wire::Recover{*number<std::uint64_t>(), *deltas(), *rc::gen::arbitrary<bool>()};
        default:
            return Wire::Probe{*number<std::uint64_t>()};
        }
    });
}

rc::Gen<Wire::Welcome> welcome()
{
    return rc::gen::exec([] {
        Wire::Welcome out;
        out.version = *number<std::uint32_t>();
        out.sessionId = *text();
        out.epoch = *number<std::uint64_t>();
        out.serverTime = *time();
        out.head = *number<std::uint64_t>();
        out.lease = *rc::gen::resize(64, bytes());
        out.policies = *maybe(policySet());
        out.limits.nestingMax = *rc::gen::inRange(1, 100);
        out.limits.keyBytesMax = *rc::gen::inRange<std::size_t>(1, 100'000);
        out.limits.frameBytesMax = *rc::gen::inRange<std::size_t>(1, 100'000'000);
        out.resume = *rc::gen::element(Wire::Resume::Incremental, Wire::Resume::Snapshot);
        out.snapshotReason = static_cast<Wire::SnapshotReason>(*rc::gen::inRange(0, 4));
        out.acceptedThrough = *number<std::uint64_t>();
        out.canZstd = *rc::gen::arbitrary<bool>();
        out.isTestServer = *rc::gen::arbitrary<bool>();
        out.tokenExpiresAt = std::chrono::seconds((*time()).count());
        return out;
    });
}

rc::Gen<Wire::Settled> settled()
{
    return rc::gen::exec([] {
        Wire::Settled out{*positive(), *maybe(rc::gen::map(positive(), [](std::uint64_t n) { return Core::Hlc{n}; })), *maybe(error()),
                          *maybe(document()), *rc::gen::arbitrary<bool>()};
        return out;
    });
}

rc::Gen<Wire::ServerFrame> serverFrame(std::size_t kind)
{
    return rc::gen::exec([kind]() -> Wire::ServerFrame {
        switch (kind) {
        case 0:
            return *welcome();
        case 1:
            return Wire::Pushed{*number<std::uint64_t>(), *number<std::uint64_t>(), *rc::gen::arbitrary<std::vector<std::uint64_t>>(),
                                *rc::gen::resize(5, rc::gen::container<std::vector<Wire::Settled>>(settled()))};
        case 2: {
            const std::uint64_t from = *number<std::uint32_t>();
            return Wire::Changes{from, from + *number<std::uint32_t>(), *deltas(), *rc::gen::arbitrary<bool>()};
        }
        case 3:
            return Wire::Notice{static_cast<Wire::NoticeKind>(*rc::gen::inRange(1, 8)), *shortTime(), *maybe(policySet())};
        case 4:
            return Wire::SessionError{*error()};
        case 5:
            return Wire::Recovered{*number<std::uint64_t>(), *number<std::uint32_t>(),
                                   *rc::gen::resize(3, rc::gen::container<std::vector<Wire::RecoverRefusal>>(
                                                           rc::gen::exec([] { return Wire::RecoverRefusal{*documentId(), *error()}; })))};
        case 6:
            return Wire::Reauthed{std::chrono::seconds((*time()).count())};
        default:
            return Wire::Probed{*number<std::uint64_t>()};
        }
    });
}

rc::Gen<Wire::ClientFrame> anyClientFrame()
{
    return rc::gen::exec([] { return *clientFrame(*rc::gen::inRange<std::size_t>(0, std::variant_size_v<Wire::ClientFrame>)); });
}

rc::Gen<Wire::ServerFrame> anyServerFrame()
{
    return rc::gen::exec([] { return *serverFrame(*rc::gen::inRange<std::size_t>(0, std::variant_size_v<Wire::ServerFrame>)); });
}

}  // namespace Satchel::Gen
