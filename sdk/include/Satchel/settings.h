// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/error.h>
#include <Satchel/result.h>
#include <Satchel/satchelglobal.h>

#include <QtCore/QAnyStringView>
#include <QtCore/QFuture>
#include <QtCore/QMap>
#include <QtCore/QObject>
#include <QtCore/QString>
#include <QtCore/QStringList>
#include <QtCore/QVariant>

#include <memory>

class QSettings;

namespace Satchel {

class Client;

/// What Settings::importFrom() does, or would do. Keys as in the source.
struct SettingsImport {
    QStringList written;           ///< were not here, or are replaced
    QStringList equal;             ///< have the same value here
    QStringList kept;              ///< have another value here, which stays
    QMap<QString, Error> refused;  ///< cannot be kept: a value over the limits, a type without stream operators
};

/// QSettings on every device of the user: the same calls with the same answers, of the user's synced state. Works offline and before the
/// first sync, as all collections do.
///
///     Satchel::Settings settings(&client);
///     settings.beginGroup("editor");
///     settings.setValue("fontSize", 12);
///     int size = settings.value("fontSize", 10).toInt();
///
/// Keys are those of QSettings: parts with '/' between them, slashes at the ends and double ones are dropped, upper and lower case differ
/// on every platform. Each setting is a document of the collection under its whole key, with the one field `value`: what two devices write
/// to different keys never meets, and there may be as many as there may be documents. A key is at most 512 bytes of UTF-8, a value 256 KiB.
///
/// Values keep what they are. Those of bool, the integer types, double, float, QString, QByteArray, QDateTime (in UTC or local time),
/// QStringList, QVariantList and QVariantMap are readable for every client: integers come back as qlonglong, float as double, local times
/// in UTC, a list of nothing but texts as QStringList, as with QSettings. All others are written by QDataStream (version Qt_6_0, as the
/// bytes in {"$qt": ...}), so their types need stream operators, on every device. An invalid QVariant is a value, as with QSettings.
///
/// What is different: setting what is there already writes nothing, so that saving everything on exit does not undo what another device
/// did; there is no file, format, scope or fallback; what goes wrong, groups and arrays ended that were not begun included, is said by
/// status() and failed(), never by a warning.
///
/// Of the client's thread; the client must live longer. Several objects on one collection see each other's values at once.
class SATCHEL_EXPORT Settings : public QObject {
    Q_OBJECT
    Q_PROPERTY(Status status READ status NOTIFY failed)

public:
    /// As QSettings::Status.
    enum Status {
        NoError = 0,
        AccessError,  ///< a write was not taken (the client is not open, the disk is full, a limit), or a call is wrong
        FormatError,  ///< a value cannot be written, or not be read, by this program
    };
    Q_ENUM(Status)

    /// `collection` has the default policy, or another eventual one.
    explicit Settings(Client *client, const QString &collection = QStringLiteral("settings"), QObject *parent = nullptr);
    /// Writes nothing that is not on its way: see Client::close().
    ~Settings() override;

    /// `defaultValue` where there is no such key, or it cannot be read (FormatError). An empty key: the default, and failed().
    [[nodiscard]] QVariant value(QAnyStringView key, const QVariant &defaultValue = {}) const;
    /// Seen at once, durable soon; see sync(). An empty key does nothing but failed().
    void setValue(QAnyStringView key, const QVariant &value);
    /// The key and all below it; an empty one: the group, or everything.
    void remove(QAnyStringView key);
    [[nodiscard]] bool contains(QAnyStringView key) const;
    /// Removes everything, whatever the group.
    Q_INVOKABLE void clear();

    /// In the group, without its name; sorted.
    [[nodiscard]] Q_INVOKABLE QStringList allKeys() const;
    [[nodiscard]] Q_INVOKABLE QStringList childKeys() const;
    [[nodiscard]] Q_INVOKABLE QStringList childGroups() const;

    void beginGroup(QAnyStringView prefix);
    void endGroup();
    [[nodiscard]] QString group() const;
    /// Its size.
    int beginReadArray(QAnyStringView prefix);
    /// A negative size: endArray() writes what setArrayIndex() reached.
    void beginWriteArray(QAnyStringView prefix, int size = -1);
    void setArrayIndex(int index);
    void endArray();

    /// Blocks until all that was written is durable; see Client::waitForDurable(). What other devices wrote is here by itself.
    Q_INVOKABLE void sync();
    /// The first thing that went wrong.
    [[nodiscard]] Status status() const;
    /// The last one; as Error() while there is none.
    [[nodiscard]] Error lastError() const;
    /// Whether the client is open.
    [[nodiscard]] bool isWritable() const;
    /// The client's store.
    [[nodiscard]] QString fileName() const;

    /// What becomes of a key that has another value here.
    enum class Existing { Keep, Replace };
    Q_ENUM(Existing)
    /// What importFrom() would do; writes nothing.
    [[nodiscard]] SettingsImport planImport(const QSettings &source, Existing existing = Existing::Keep) const;
    /// Takes over all keys of `source`, of its group if it is in one, into the group that is begun here: all that can be kept together, or
    /// nothing. The source is read before this returns, and left as it is. Errors as Client::write().
    [[nodiscard]] QFuture<Result<SettingsImport>> importFrom(const QSettings &source, Existing existing = Existing::Keep);

Q_SIGNALS:
    /// A value is another one, and not by this object: another device, another object. `key` is the whole key.
    void valueChanged(const QString &key);
    /// A setting could not be read or written, or a call was out of place. `key` is the whole key; empty where it is not of one.
    void failed(const QString &key, const Satchel::Error &error);

private:
    struct Private;
    std::unique_ptr<Private> d;
};

}  // namespace Satchel
