// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "theme.h"

#include <QByteArray>
#include <QString>

class QSettings;

namespace Satchel::Console {

/// What the console remembers on this computer. Never a token.
class Settings {
public:
    /// Kept by the caller; tests give one in a temporary file.
    explicit Settings(QSettings &store)
        : m_store(store)
    {
    }

    [[nodiscard]] QByteArray geometry() const;
    void setGeometry(const QByteArray &geometry);
    [[nodiscard]] ThemeName theme() const;
    void setTheme(ThemeName theme);
    [[nodiscard]] QString server() const;
    void setServer(const QString &server);
    [[nodiscard]] QString tenant() const;
    void setTenant(const QString &tenant);
    [[nodiscard]] QString tool() const;
    void setTool(const QString &tool);
    /// Position of a splitter, by its object name.
    [[nodiscard]] QByteArray splitter(const QString &name) const;
    void setSplitter(const QString &name, const QByteArray &state);

private:
    QSettings &m_store;
};

}  // namespace Satchel::Console
