// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/client.h>
#include <Satchel/settings.h>

#include <QHash>
#include <QList>
#include <QMap>
#include <QPointer>

#include <optional>

namespace Satchel {

struct Settings::Private {
    /// A group or an array that was begun; as QSettings counts them.
    struct Level {
        QString name;
        bool isArray = false;
        /// From 1; 0: none was set.
        int index = 0;
        /// What endArray() writes; -1: nothing.
        int sizeReached = -1;
    };

    Settings *q = nullptr;
    Client *client = nullptr;
    Collection *collection = nullptr;
    QList<Level> levels;
    /// What this object has seen or written, for telling what others write.
    QHash<QString, QVariant> seen;
    Status status = NoError;
    Error lastError;

    /// Of the levels, with a slash at its end; empty at the top.
    [[nodiscard]] QString prefix() const;
    /// As the documents are called; empty for an empty key.
    [[nodiscard]] QString wholeKey(QAnyStringView key) const;
    /// In the group, without its name.
    [[nodiscard]] QStringList keysInGroup() const;
    /// As the document holds it; nothing if there is none.
    [[nodiscard]] std::optional<QVariant> shown(const QString &wholeKey) const;
    void begin(QAnyStringView name, bool isArray, int sizeReached);

    void write(const QString &wholeKey, const QVariant &value);
    void removeAll(const QStringList &wholeKeys);
    /// Tells of an error when it comes, at once if it is there.
    void follow(const QString &wholeKey, QFuture<Result<void>> written);
    void fail(const QString &wholeKey, const Error &error);
    /// From now on it is no news.
    void takeOwn(const QString &wholeKey);
    void takeChanges(const QStringList &keys);

    /// The plan, and the values to write by whole key.
    [[nodiscard]] SettingsImport plan(const QSettings &source, Existing existing, QMap<QString, QVariant> &values) const;

    [[nodiscard]] static QString normalized(QAnyStringView key);
    [[nodiscard]] static QVariantMap document(const QVariant &value);
};

}  // namespace Satchel
