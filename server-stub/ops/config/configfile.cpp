// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "configfile.h"

#include "wire/strictjson.h"

#include <algorithm>
#include <charconv>
#include <fstream>

namespace Satchel::Server {

namespace {

constexpr std::size_t fileBytesMax = std::size_t{1024} * 1024;
constexpr int depthMax = 2;

using Check = Core::Result<void>;

tl::unexpected<Core::Error> wrong(const std::string &why)
{
    return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, why));
}

/// Takes the members of the one object; which line they are on is known to who reads the text.
class ConfigReader : public Wire::JsonEvents {
public:
    explicit ConfigReader(GivenOptions &out)
        : m_out(out)
    {
    }

    Check null() override { return refuse(); }
    Check boolean(bool value) override { return take(ValueRule::Kind::Flag, value ? "true" : "false"); }
    Check integer(std::int64_t value) override { return take(ValueRule::Kind::Number, std::to_string(value)); }
    Check hugeInteger(std::string_view /*token*/) override { return refuse(); }
    Check number(double /*value*/) override { return refuse(); }
    Check string(std::string &value) override
    {
        if (m_option != nullptr && m_isInArray) {
            return take(ValueRule::Kind::List, value);
        }
        return take(m_option != nullptr && m_option->rule.kind == ValueRule::Kind::Choice ? ValueRule::Kind::Choice : ValueRule::Kind::Text,
                    value);
    }
    Check key(std::string &value) override
    {
        m_option = findOption(value);
        if (m_option == nullptr) {
            return wrong(value + " is not known" + suggestionFor(value));
        }
        if (m_option->isArgumentOnly) {
            return wrong(value + " goes on the command line only");
        }
        if (!m_out.emplace(m_option->name, GivenOption{m_option, {}, {}, {}}).second) {
            return wrong(value + " stands there twice");
        }
        return {};
    }
    Check startObject() override
    {
        if (m_hasBegun) {
            return refuse();
        }
        m_hasBegun = true;
        return {};
    }
    Check endObject() override { return {}; }
    Check startArray() override
    {
        if (m_option == nullptr || !m_option->isList() || m_isInArray) {
            return refuse();
        }
        m_isInArray = true;
        return {};
    }
    Check endArray() override
    {
        m_isInArray = false;
        return {};
    }

private:
    [[nodiscard]] Check refuse() const
    {
        if (m_option == nullptr) {
            return wrong("the file must be one object of options");
        }
        return wrong(std::string(m_option->name) + " " + (m_option->isList() ? "takes an array of texts" : m_option->rule.sentence()));
    }
    Check take(ValueRule::Kind kind, const std::string &value)
    {
        if (m_option == nullptr || m_option->rule.kind != kind || !m_option->rule.takes(value)) {
            return refuse();
        }
        m_out[m_option->name].values.push_back(value);
        return {};
    }

    GivenOptions &m_out;
    const Option *m_option = nullptr;
    bool m_hasBegun = false;
    bool m_isInArray = false;
};

/// The line, from 1, of what was read last before a byte.
std::size_t lineOf(std::string_view text, std::size_t byte)
{
    const std::string_view before = text.substr(0, byte);
    const std::size_t last = before.find_last_not_of(" \t\r\n,}]");
    return 1 + static_cast<std::size_t>(std::count(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(last + 1), '\n'));
}

/// Takes the byte off a strict reader's sentence.
std::size_t takeByte(std::string &detail)
{
    constexpr std::string_view mark = " at byte ";
    const std::size_t at = detail.rfind(mark);
    std::size_t byte = 0;
    if (at != std::string::npos) {
        std::from_chars(detail.data() + at + mark.size(), detail.data() + detail.size(), byte);
        detail.resize(at);
    }
    return byte;
}

}  // namespace

Core::Result<GivenOptions> parseConfig(std::string_view text, const std::string &fileName)
{
    GivenOptions out;
    ConfigReader reader(out);
    if (auto read = Wire::readJson(text, depthMax, reader); !read) {
        Core::Error error = std::move(read.error());
        const std::size_t byte = takeByte(error.detail);
        error.detail = fileName + ":" + std::to_string(lineOf(text, std::min(byte, text.size()))) + ": " + error.detail;
        return Core::failure(std::move(error));
    }
    for (auto &[name, given] : out) {
        // The strict reader has taken the text, so the member's name stands there as it is, or escaped; then no line is told.
        const std::size_t at = text.find('"' + std::string(name) + '"');
        given.from = at == std::string_view::npos ? fileName : fileName + ":" + std::to_string(lineOf(text, at + 1));
        given.name = given.from + ": " + std::string(name);
    }
    return out;
}

Core::Result<GivenOptions> loadConfig(const std::filesystem::path &path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return Core::failure(
            Core::makeError(Core::ErrorCode::NotFound, Core::ErrorReason::None, "the config file " + path.string() + " cannot be opened"));
    }
    std::string text(fileBytesMax + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > fileBytesMax) {
        return Core::failure(Core::makeError(Core::ErrorCode::ResourceExhausted, Core::ErrorReason::LimitExceeded,
                                             "the config file " + path.string() + " is larger than 1 MiB"));
    }
    return parseConfig(text, path.string());
}

}  // namespace Satchel::Server
