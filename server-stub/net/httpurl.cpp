// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "httpurl.h"

#include <algorithm>
#include <charconv>

namespace Satchel::Server {

namespace {

constexpr std::size_t urlBytesMax = 2048;
constexpr std::size_t hostBytesMax = 253;
constexpr std::uint16_t tlsPort = 443;
constexpr std::uint16_t plainPort = 80;

tl::unexpected<Core::Error> wrong(const char *why)
{
    return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, why));
}

bool isHostLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

bool isV6Letter(char c)
{
    return (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || (c >= '0' && c <= '9') || c == ':' || c == '.';
}

/// Host and port out of the authority; false if they are neither.
bool takeAuthority(std::string_view authority, HttpUrl &out)
{
    std::string_view rest;
    if (!authority.empty() && authority.front() == '[') {
        const std::size_t end = authority.find(']');
        if (end == std::string_view::npos) {
            return false;
        }
        out.host = authority.substr(1, end - 1);
        rest = authority.substr(end + 1);
        if (!std::all_of(out.host.begin(), out.host.end(), isV6Letter)) {
            return false;
        }
    } else {
        const std::size_t colon = std::min(authority.find(':'), authority.size());
        out.host = authority.substr(0, colon);
        rest = authority.substr(colon);
        if (!std::all_of(out.host.begin(), out.host.end(), isHostLetter)) {
            return false;
        }
    }
    out.port = out.isTls ? tlsPort : plainPort;
    if (!rest.empty()) {
        const auto parsed = std::from_chars(rest.data() + 1, rest.data() + rest.size(), out.port);
        if (rest.front() != ':' || parsed.ec != std::errc() || parsed.ptr != rest.data() + rest.size() || out.port == 0) {
            return false;
        }
    }
    return !out.host.empty() && out.host.size() <= hostBytesMax;
}

}  // namespace

bool HttpUrl::isLoopback() const
{
    const bool isV4 = host.rfind("127.", 0) == 0 && host.find_first_not_of("0123456789.") == std::string::npos;
    return isV4 || host == "::1" || host == "localhost";
}

std::string HttpUrl::authority() const
{
    const std::string name = host.find(':') != std::string::npos ? "[" + host + "]" : host;
    return port == (isTls ? tlsPort : plainPort) ? name : name + ":" + std::to_string(port);
}

Core::Result<HttpUrl> HttpUrl::parse(std::string_view text)
{
    if (text.size() > urlBytesMax || !std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; })) {
        return wrong("a URL is at most 2048 bytes of visible ASCII");
    }
    HttpUrl out;
    if (text.rfind("https://", 0) == 0) {
        text.remove_prefix(8);
    } else if (text.rfind("http://", 0) == 0) {
        text.remove_prefix(7);
        out.isTls = false;
    } else {
        return wrong("a URL begins with https://");
    }
    if (text.find_first_of("@#\\") != std::string_view::npos) {
        return wrong("the URL has a user name, a fragment or a backslash");
    }
    const std::size_t end = std::min(text.find_first_of("/?"), text.size());
    if (!takeAuthority(text.substr(0, end), out)) {
        return wrong("the URL's host or port is malformed");
    }
    if (end < text.size()) {
        out.target = (text[end] == '?' ? "/" : "") + std::string(text.substr(end));
    }
    if (!out.isTls && !out.isLoopback()) {
        return wrong("http is for this machine only; use https");
    }
    return out;
}

}  // namespace Satchel::Server
