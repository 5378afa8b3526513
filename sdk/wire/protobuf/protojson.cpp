// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "wire/protobuf/protojson.h"

#include "wire/jsontext.h"
#include "wire/protobuf/protoparse.h"
#include "wire/strictjson.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <cmath>
#include <memory>
#include <vector>

namespace Satchel::Wire {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int jsonDepthMax = 100;
constexpr std::string_view typePrefix = "type.googleapis.com";

std::string base64(std::string_view bytes)
{
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto byteAt = [&](std::size_t at) { return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U; };
        const std::uint32_t group = (std::uint32_t{byteAt(i)} << 16U) | (std::uint32_t{byteAt(i + 1)} << 8U) | byteAt(i + 2);
        out.push_back(alphabet[(group >> 18U) & 63U]);
        out.push_back(alphabet[(group >> 12U) & 63U]);
        out.push_back(i + 1 < bytes.size() ? alphabet[(group >> 6U) & 63U] : '=');
        out.push_back(i + 2 < bytes.size() ? alphabet[group & 63U] : '=');
    }
    return out;
}

void appendQuoted(std::string_view plain, std::string &out)
{
    out.append("\"").append(plain).append("\"");
}

void appendDouble(double value, std::string &out)
{
    if (std::isnan(value)) {
        out.append("\"NaN\"");
    } else if (std::isinf(value)) {
        out.append(value < 0 ? "\"-Infinity\"" : "\"Infinity\"");
    } else {
        appendJsonDouble(value, out);
    }
}

void appendEnum(const FieldDescriptor &field, int number, std::string &out)
{
    const google::protobuf::EnumValueDescriptor *value = field.enum_type()->FindValueByNumber(number);
    if (value != nullptr) {
        appendQuoted(value->name(), out);
    } else {
        out.append(std::to_string(number));
    }
}

void appendMessage(const Message &message, std::string &out);

/// One value of `field`; `index` is -1 for a field that is not repeated.
class FieldAppender {
public:
    FieldAppender(const Message &message, const FieldDescriptor &field, std::string &out)
        : m_message(message)
        , m_reflection(*message.GetReflection())
        , m_field(field)
        , m_out(out)
    {
    }

    void append(int index)
    {
        switch (m_field.cpp_type()) {
        case FieldDescriptor::CPPTYPE_BOOL:
            m_out.append(get<bool>(index, &Reflection::GetBool, &Reflection::GetRepeatedBool) ? "true" : "false");
            break;
        case FieldDescriptor::CPPTYPE_INT32:
            m_out.append(std::to_string(get<std::int32_t>(index, &Reflection::GetInt32, &Reflection::GetRepeatedInt32)));
            break;
        case FieldDescriptor::CPPTYPE_UINT32:
            m_out.append(std::to_string(get<std::uint32_t>(index, &Reflection::GetUInt32, &Reflection::GetRepeatedUInt32)));
            break;
        case FieldDescriptor::CPPTYPE_INT64:
            appendQuoted(std::to_string(get<std::int64_t>(index, &Reflection::GetInt64, &Reflection::GetRepeatedInt64)), m_out);
            break;
        case FieldDescriptor::CPPTYPE_UINT64:
            appendQuoted(std::to_string(get<std::uint64_t>(index, &Reflection::GetUInt64, &Reflection::GetRepeatedUInt64)), m_out);
            break;
        case FieldDescriptor::CPPTYPE_FLOAT:
            appendDouble(double{get<float>(index, &Reflection::GetFloat, &Reflection::GetRepeatedFloat)}, m_out);
            break;
        case FieldDescriptor::CPPTYPE_DOUBLE:
            appendDouble(get<double>(index, &Reflection::GetDouble, &Reflection::GetRepeatedDouble), m_out);
            break;
        case FieldDescriptor::CPPTYPE_ENUM:
            appendEnum(m_field, get<int>(index, &Reflection::GetEnumValue, &Reflection::GetRepeatedEnumValue), m_out);
            break;
        case FieldDescriptor::CPPTYPE_STRING:
            appendString(get<std::string>(index, &Reflection::GetString, &Reflection::GetRepeatedString));
            break;
        case FieldDescriptor::CPPTYPE_MESSAGE:
            appendMessage(index < 0 ? m_reflection.GetMessage(m_message, &m_field)
                                    : m_reflection.GetRepeatedMessage(m_message, &m_field, index),
                          m_out);
            break;
        }
    }

private:
    template <typename Type>
    Type get(int index, Type (Reflection::*single)(const Message &, const FieldDescriptor *) const,
             Type (Reflection::*repeated)(const Message &, const FieldDescriptor *, int) const) const
    {
        return index < 0 ? (m_reflection.*single)(m_message, &m_field) : (m_reflection.*repeated)(m_message, &m_field, index);
    }
    void appendString(const std::string &text)
    {
        if (m_field.type() == FieldDescriptor::TYPE_BYTES) {
            appendQuoted(base64(text), m_out);
        } else {
            appendJsonString(text, m_out);
        }
    }

    const Message &m_message;
    const Reflection &m_reflection;
    const FieldDescriptor &m_field;
    std::string &m_out;
};

void appendMessage(const Message &message, std::string &out)
{
    std::vector<const FieldDescriptor *> fields;
    message.GetReflection()->ListFields(message, &fields);
    out.push_back('{');
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const FieldDescriptor &field = *fields[i];
        if (i > 0) {
            out.push_back(',');
        }
        appendQuoted(field.json_name(), out);
        out.push_back(':');
        FieldAppender appender(message, field, out);
        if (!field.is_repeated()) {
            appender.append(-1);
            continue;
        }
        out.push_back('[');
        const int size = message.GetReflection()->FieldSize(message, &field);
        for (int index = 0; index < size; ++index) {
            if (index > 0) {
                out.push_back(',');
            }
            appender.append(index);
        }
        out.push_back(']');
    }
    out.push_back('}');
}

google::protobuf::util::TypeResolver &resolver()
{
    static const std::unique_ptr<google::protobuf::util::TypeResolver> instance(google::protobuf::util::NewTypeResolverForDescriptorPool(
        std::string(typePrefix), google::protobuf::DescriptorPool::generated_pool()));
    return *instance;
}

}  // namespace

std::string protoToJson(const Message &message)
{
    std::string out;
    appendMessage(message, out);
    return out;
}

Core::Result<void> protoFromJson(std::string_view text, int recursionMax, Message &message)
{
    if (Core::Result<void> check = checkJson(text, jsonDepthMax); !check) {
        return check;
    }
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = false;
    std::string binary;
    const std::string type = std::string(typePrefix) + "/" + message.GetDescriptor()->full_name();
    if (!google::protobuf::util::JsonToBinaryString(&resolver(), type, std::string(text), &binary, options).ok()) {
        return Core::failure(
            Core::invalidArgument(Core::ErrorReason::MalformedInput,
                                  "the JSON text is not a " + message.GetDescriptor()->name() + ": an unknown member or a wrong value"));
    }
    return parse(binary, recursionMax, message);
}

}  // namespace Satchel::Wire
