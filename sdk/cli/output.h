// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/error.h>

#include <QtCore/QString>
#include <QtCore/QVariantMap>

namespace Satchel::Cli {

/// Data goes to standard output, as text or as one JSON object a line; messages go to standard error.
class Output {
public:
    explicit Output(bool isJson)
        : m_isJson(isJson)
    {
    }

    [[nodiscard]] bool isJson() const { return m_isJson; }
    /// One record: its JSON, or the text.
    void record(const QVariantMap &json, const QString &text) const;
    void message(const QString &text) const;
    void error(const Error &error) const;

private:
    bool m_isJson;
};

/// JSON of a value that came from a document, which always has one.
[[nodiscard]] QString jsonText(const QVariant &value);

}  // namespace Satchel::Cli
