// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "server-stub/net/http.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace Satchel::Server {

/// What the server says on a WebSocket where the peer only listens. One call at a time, each answered once, on any thread.
class MessageStream {
public:
    using Then = std::function<void(Core::Result<std::vector<std::string>>)>;

    virtual ~MessageStream() = default;
    [[nodiscard]] virtual bool isBinary() const = 0;
    /// The peer's one message: what it wants to hear. What is to be said at once; an error ends the stream with its text.
    virtual void begin(std::string message, Then then) = 0;
    /// What there is to say now, mostly nothing. Asked for again when all of it is on its way: a slow peer is asked for less often.
    virtual void poll(Then then) = 0;
};

/// Says yes to an upgrade by making the stream, or why not.
using StreamHandler = std::function<Core::Result<std::shared_ptr<MessageStream>>(const HttpRequest &request, std::string_view subprotocol)>;

struct StreamRoute {
    std::string path;
    std::vector<std::string> subprotocols;
    StreamHandler open;
};

}  // namespace Satchel::Server
