// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/result.h"
#include "core/value.h"

#include <QDateTime>
#include <QString>
#include <QStringView>
#include <QVariant>

#include <string>
#include <string_view>

/// Text and values of Qt <-> those of Core: lossless, or INVALID_ARGUMENT naming the type and the place. Stateless, for any thread.
namespace Satchel {

/// Every code point is kept, a leading U+FEFF too, which QString::fromUtf8 drops. `utf8` is well-formed.
[[nodiscard]] QString toQString(std::string_view utf8);
/// INVALID_ARGUMENT/INVALID_UTF8 for a lone surrogate; `what` names the thing in the message.
[[nodiscard]] Core::Result<std::string> toUtf8(QStringView text, std::string_view what);

/// Order of the bytes of their UTF-8, which is that of code points; operator< of QString puts U+E000..U+FFFF behind everything above.
[[nodiscard]] bool isBeforeInUtf8(QStringView a, QStringView b);

[[nodiscard]] QDateTime utcTime(qint64 msecsSinceEpoch);
[[nodiscard]] QVariant toVariant(const Core::Value &value);
[[nodiscard]] QVariantMap toVariantMap(const Core::Value::Map &fields);

[[nodiscard]] Core::Result<Core::Value> toValue(const QVariant &variant);
/// Entries sorted by the bytes of their names, as Value::map() makes them.
[[nodiscard]] Core::Result<Core::Value::Map> toFields(const QVariantMap &fields);

}  // namespace Satchel
