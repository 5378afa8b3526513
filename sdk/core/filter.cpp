// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "filter.h"

#include "filtervalues.h"
#include "value.h"

#include <algorithm>
#include <optional>

namespace Satchel::Core {

namespace {

/// A piece of the text: a word, a quoted string, an operator or a parenthesis.
struct Token {
    enum class Kind : std::uint8_t { Word, Operator, Open, Close, End };
    Kind kind = Kind::End;
    std::string text;       ///< without quotes
    std::size_t begin = 0;  ///< byte offset
    std::size_t end = 0;
    bool isQuoted = false;
    bool hasStarBefore = false;
    bool hasStarBehind = false;
};

/// Thrown within this file only.
struct Wrong {
    std::size_t begin;
    std::size_t end;
    std::string message;
};

class Lexer {
public:
    explicit Lexer(std::string_view text)
        : m_text(text)
    {
    }

    Token next()
    {
        while (m_at < m_text.size() && isSpace(m_text[m_at])) {
            ++m_at;
        }
        Token out;
        out.begin = m_at;
        if (m_at == m_text.size()) {
            out.end = m_at;
            return out;
        }
        const char letter = m_text[m_at];
        if (letter == '(' || letter == ')') {
            out.kind = letter == '(' ? Token::Kind::Open : Token::Kind::Close;
            ++m_at;
        } else if (isOperator(letter)) {
            out.kind = Token::Kind::Operator;
            while (m_at < m_text.size() && isOperator(m_text[m_at])) {
                out.text += m_text[m_at++];
            }
        } else {
            readWord(out);
        }
        out.end = m_at;
        return out;
    }

private:
    static bool isSpace(char letter) { return letter == ' ' || letter == '\t'; }
    static bool isOperator(char letter) { return letter == ':' || letter == '=' || letter == '!' || letter == '<' || letter == '>'; }

    void readWord(Token &out)
    {
        out.kind = Token::Kind::Word;
        if (m_text[m_at] == '*') {
            out.hasStarBefore = true;
            ++m_at;
        }
        if (m_at < m_text.size() && m_text[m_at] == '"') {
            readQuoted(out);
        } else {
            while (m_at < m_text.size() && !isSpace(m_text[m_at]) && !isOperator(m_text[m_at]) && m_text[m_at] != '(' &&
                   m_text[m_at] != ')' && m_text[m_at] != '*' && m_text[m_at] != '"') {
                // A colon within a time of day belongs to it.
                out.text += m_text[m_at++];
                while (isTimeOfDay(out.text)) {
                    out.text += m_text[m_at++];
                }
            }
        }
        if (m_at < m_text.size() && m_text[m_at] == '*') {
            out.hasStarBehind = true;
            ++m_at;
        }
        const bool isWhole =
            m_at == m_text.size() || isSpace(m_text[m_at]) || isOperator(m_text[m_at]) || m_text[m_at] == '(' || m_text[m_at] == ')';
        if (!isWhole) {
            throw Wrong{m_at, m_at + 1, "a * stands before or behind a word; put quotes around what has * or \" in it"};
        }
    }

    [[nodiscard]] bool isTimeOfDay(const std::string &before) const
    {
        return m_at < m_text.size() && m_text[m_at] == ':' && isDateBeforeColon(before);
    }

    void readQuoted(Token &out)
    {
        const std::size_t begin = m_at++;
        out.isQuoted = true;
        while (m_at < m_text.size() && m_text[m_at] != '"') {
            if (m_text[m_at] == '\\' && m_at + 1 < m_text.size()) {
                ++m_at;
            }
            out.text += m_text[m_at++];
        }
        if (m_at == m_text.size()) {
            throw Wrong{begin, m_at, "this quote is not closed; write \\\" for one within a text"};
        }
        ++m_at;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

class Parser {
public:
    Parser(std::string_view text, std::span<const FilterField> fields, std::chrono::milliseconds now)
        : m_fields(fields)
        , m_now(now)
        , m_lexer(text)
        , m_token(m_lexer.next())
        , m_ahead(m_lexer.next())
    {
    }

    Filter parse()
    {
        if (m_token.kind == Token::Kind::End) {
            return {};
        }
        Filter out = parseOr(0);
        if (m_token.kind == Token::Kind::Close) {
            throw Wrong{m_token.begin, m_token.end, "there is no ( for this )"};
        }
        return out;
    }

private:
    [[nodiscard]] bool isKeyword(const Token &token, std::string_view word) const
    {
        return token.kind == Token::Kind::Word && !token.isQuoted && !token.hasStarBefore && !token.hasStarBehind && token.text == word;
    }

    void advance()
    {
        m_token = std::move(m_ahead);
        m_ahead = m_lexer.next();
    }

    static Filter joined(Filter::Kind kind, std::vector<Filter> operands)
    {
        if (operands.size() == 1) {
            return std::move(operands.front());
        }
        Filter out;
        out.kind = kind;
        out.operands = std::move(operands);
        return out;
    }

    Filter parseOr(std::size_t depth)
    {
        std::vector<Filter> operands;
        operands.push_back(parseAnd(depth));
        while (isKeyword(m_token, "OR")) {
            advance();
            operands.push_back(parseAnd(depth));
        }
        return joined(Filter::Kind::Or, std::move(operands));
    }

    Filter parseAnd(std::size_t depth)
    {
        std::vector<Filter> operands;
        operands.push_back(parseNot(depth));
        while (m_token.kind != Token::Kind::End && m_token.kind != Token::Kind::Close && !isKeyword(m_token, "OR")) {
            if (isKeyword(m_token, "AND")) {
                advance();
            }
            operands.push_back(parseNot(depth));
        }
        return joined(Filter::Kind::And, std::move(operands));
    }

    Filter parseNot(std::size_t depth)
    {
        if (depth >= filterDepthMax) {
            throw Wrong{m_token.begin, m_token.end, "this nests deeper than " + std::to_string(filterDepthMax) + " levels"};
        }
        if (isKeyword(m_token, "NOT")) {
            advance();
            Filter out;
            out.kind = Filter::Kind::Not;
            out.operands.push_back(parseNot(depth + 1));
            return out;
        }
        if (m_token.kind == Token::Kind::Open) {
            const Token open = m_token;
            advance();
            Filter out = parseOr(depth + 1);
            if (m_token.kind != Token::Kind::Close) {
                throw Wrong{open.begin, open.end, "this ( is not closed"};
            }
            advance();
            return out;
        }
        return parseTerm();
    }

    Filter parseTerm()
    {
        if (m_token.kind == Token::Kind::Operator) {
            throw Wrong{m_token.begin, m_token.end,
                        "before " + m_token.text + " the name of a field is missing; fields are " + fieldNames()};
        }
        if (m_token.kind != Token::Kind::Word || isKeyword(m_token, "AND") || isKeyword(m_token, "OR")) {
            const bool isEnd = m_token.kind == Token::Kind::End;
            throw Wrong{m_token.begin, m_token.end,
                        isEnd ? std::string("a condition is missing here") : "a condition is missing before " + shown(m_token)};
        }
        if (++m_termCount > filterTermsMax) {
            throw Wrong{m_token.begin, m_token.end, "there are more than " + std::to_string(filterTermsMax) + " conditions"};
        }
        if (m_ahead.kind == Token::Kind::Operator && m_ahead.begin == m_token.end && !m_token.isQuoted) {
            return parseComparison();
        }
        Filter out;
        out.kind = Filter::Kind::Free;
        out.text = std::move(m_token.text);
        if (out.text.empty()) {
            throw Wrong{m_token.begin, m_token.end, "there is nothing to look for in this text"};
        }
        advance();
        return out;
    }

    Filter parseComparison()
    {
        const auto field = std::find_if(m_fields.begin(), m_fields.end(), [&](const FilterField &one) { return one.name == m_token.text; });
        if (field == m_fields.end()) {
            throw Wrong{m_token.begin, m_token.end,
                        "there is no field " + m_token.text + "; fields are " + fieldNames() +
                            ". Put quotes around a text with : = < or > in it"};
        }
        advance();
        const Token op = m_token;
        advance();
        if (m_token.kind != Token::Kind::Word || m_token.begin != op.end) {
            throw Wrong{op.begin, op.end, "behind " + std::string(field->name) + op.text + " a value is missing"};
        }
        const Token value = m_token;
        advance();
        FilterOperand operand;
        operand.field = static_cast<std::size_t>(field - m_fields.begin());
        operand.op = op.text;
        operand.text = value.text;
        operand.hasStarBefore = value.hasStarBefore;
        operand.hasStarBehind = value.hasStarBehind;
        auto made = comparisonOf(*field, operand, m_now);
        if (!made) {
            const bool isOfOperator = made.error().isOfOperator;
            throw Wrong{isOfOperator ? op.begin : value.begin, isOfOperator ? op.end : value.end, std::move(made.error().message)};
        }
        return std::move(*made);
    }

    [[nodiscard]] std::string fieldNames() const
    {
        std::string out;
        for (const FilterField &field : m_fields) {
            out += (out.empty() ? "" : ", ") + std::string(field.name);
        }
        return out;
    }

    static std::string shown(const Token &token) { return token.kind == Token::Kind::Close ? std::string(")") : token.text; }

    std::span<const FilterField> m_fields;
    std::chrono::milliseconds m_now;
    Lexer m_lexer;
    Token m_token;
    Token m_ahead;
    std::size_t m_termCount = 0;
};

std::size_t charactersIn(std::string_view text)
{
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

}  // namespace

tl::expected<Filter, FilterError> parseFilter(std::string_view text, std::span<const FilterField> fields, std::chrono::milliseconds now)
{
    if (text.size() > filterBytesMax) {
        return tl::unexpected(FilterError{1, 1, "a filter has at most " + std::to_string(filterBytesMax) + " bytes"});
    }
    if (!isUtf8(text)) {
        return tl::unexpected(FilterError{1, 1, "a filter must be UTF-8"});
    }
    try {
        return Parser(text, fields, now).parse();
    } catch (Wrong &wrong) {
        const std::size_t begin = std::min(wrong.begin, text.size());
        const std::size_t end = std::clamp(wrong.end, begin, text.size());
        return tl::unexpected(FilterError{charactersIn(text.substr(0, begin)) + 1,
                                          std::max<std::size_t>(charactersIn(text.substr(begin, end - begin)), 1),
                                          std::move(wrong.message)});
    }
}

Error toError(const FilterError &error)
{
    return invalidArgument(ErrorReason::MalformedInput, "filter, column " + std::to_string(error.column) + ": " + error.message);
}

namespace {

template <typename T>
bool isOrdered(FilterOp op, const T &left, const T &right)
{
    switch (op) {
    case FilterOp::NotEqual:
        return left != right;
    case FilterOp::Less:
        return left < right;
    case FilterOp::LessOrEqual:
        return left <= right;
    case FilterOp::Greater:
        return left > right;
    case FilterOp::GreaterOrEqual:
        return left >= right;
    default:
        return left == right;
    }
}

bool matchesText(FilterOp op, std::string_view left, std::string_view right)
{
    switch (op) {
    case FilterOp::Prefix:
        return left.starts_with(right);
    case FilterOp::Suffix:
        return left.ends_with(right);
    case FilterOp::Contains:
        return left.find(right) != std::string_view::npos;
    default:
        return isOrdered(op, left, right);
    }
}

}  // namespace

bool matches(const Filter &filter, std::span<const FilterField> fields, const FilterRow &row)
{
    const auto isMatch = [&](const Filter &operand) { return matches(operand, fields, row); };
    switch (filter.kind) {
    case Filter::Kind::All:
        return true;
    case Filter::Kind::And:
        return std::all_of(filter.operands.begin(), filter.operands.end(), isMatch);
    case Filter::Kind::Or:
        return std::any_of(filter.operands.begin(), filter.operands.end(), isMatch);
    case Filter::Kind::Not:
        return !isMatch(filter.operands.front());
    case Filter::Kind::Free:
        return std::any_of(row.freeTexts.begin(), row.freeTexts.end(),
                           [&](std::string_view text) { return text.find(filter.text) != std::string_view::npos; });
    case Filter::Kind::Term:
        break;
    }
    if (fields[filter.field].type == FilterType::Text) {
        return matchesText(filter.op, row.text(filter.field), filter.text);
    }
    return isOrdered(filter.op, row.number(filter.field), filter.number);
}

}  // namespace Satchel::Core
