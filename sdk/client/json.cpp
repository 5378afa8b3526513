// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include <Satchel/json.h>

#include "error_p.h"
#include "values.h"
#include "wire/json.h"

namespace Satchel {

Result<QVariant> valueFromJson(QByteArrayView text)
{
    const auto value = Wire::valueFromJson(std::string_view(text.data(), std::size_t(text.size())));
    if (!value) {
        return failure(fromCore(value.error()));
    }
    return toVariant(*value);
}

Result<QVariantMap> fromJson(QByteArrayView text)
{
    const auto value = Wire::valueFromJson(std::string_view(text.data(), std::size_t(text.size())));
    if (!value) {
        return failure(fromCore(value.error()));
    }
    const auto *map = value->as<Core::Value::Map>();
    if (!map) {
        return failure(Error(Error::Code::InvalidArgument, Error::Reason::MalformedInput,
                             QStringLiteral("a document is a JSON object, and the text is another value")));
    }
    return toVariantMap(*map);
}

Result<QByteArray> valueToJson(const QVariant &value)
{
    const auto converted = toValue(value);
    if (!converted) {
        return failure(fromCore(converted.error()));
    }
    return QByteArray::fromStdString(Wire::jsonFromValue(*converted));
}

Result<QByteArray> toJson(const QVariantMap &document)
{
    return valueToJson(document);
}

}  // namespace Satchel
