// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// What the server reads of requests and of its config: the input as the head of a request, whole and in two pieces, as traceparent, as a
// provider's URL, and as a config file.
#include "fuzzing.h"

#include "server-stub/net/httpurl.h"
#include "server-stub/net/requesthead.h"
#include "server-stub/ops/config/configfile.h"
#include "server-stub/ops/trace.h"

using namespace Satchel;

namespace {

void checkHead(std::string_view text)
{
    const Server::HeadProgress whole = Server::readHead(text);
    Fuzz::require(!(whole.end && whole.mistake != nullptr));
    const Server::HeadProgress half = Server::readHead(text.substr(0, text.size() / 2));
    Fuzz::require(half.mistake == nullptr || whole.mistake != nullptr);
    Fuzz::require(!half.end || whole.end == half.end);
    if (whole.end) {
        const std::string_view head = text.substr(0, *whole.end);
        Fuzz::require(head.ends_with("\r\n\r\n"));
        Fuzz::require(head.find('\0') == std::string_view::npos);
        // What another reader could take for the end of a line is one.
        for (std::size_t at = head.find_first_of("\r\n"); at != std::string_view::npos; at = head.find_first_of("\r\n", at + 2)) {
            Fuzz::require(head.substr(at, 2) == "\r\n");
        }
    }
}

void checkConfig(std::string_view text)
{
    const auto given = Server::parseConfig(text, "f");
    if (!given) {
        Fuzz::require(given.error().detail.starts_with("f:"));
        return;
    }
    for (const auto &[name, option] : *given) {
        Fuzz::require(option.option->name == name && !option.option->isArgumentOnly);
        for (const std::string &value : option.values) {
            Fuzz::require(option.option->rule.takes(value));
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    checkHead(text);
    checkConfig(text);
    if (const auto trace = Server::TraceContext::parse(text)) {
        Fuzz::require(Server::TraceContext::parse(trace->header()) == trace);
    }
    if (const auto url = Server::HttpUrl::parse(text)) {
        Fuzz::require(url->isTls || url->isLoopback());
        Fuzz::require(!url->authority().empty());
    }
    return 0;
}
