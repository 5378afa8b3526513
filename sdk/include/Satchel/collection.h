// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/policy.h>
#include <Satchel/query.h>
#include <Satchel/result.h>
#include <Satchel/satchelglobal.h>

#include <QtCore/QFuture>
#include <QtCore/QObject>
#include <QtCore/QStringList>
#include <QtCore/QVariant>

#include <memory>
#include <optional>

namespace Satchel {

class ClientPrivate;
class Document;

struct WriteOptions {
    enum class WhenOffline {
        Refuse,  ///< UNAVAILABLE/OFFLINE_STRONG_WRITE at once
        Queue,   ///< kept, and tried when there is a connection; it may be refused then
    };
    /// For strong collections only; others always queue.
    WhenOffline whenOffline = WhenOffline::Refuse;
};

/// A named group of documents that share one policy. Get it from Client::collection(); the client owns it.
///
/// Documents are maps of field -> value. A field holds what QVariant holds of: null (an invalid QVariant or nullptr), bool, the integer
/// types (kept as 64 bit signed), double and float, QString, QByteArray, QDateTime (kept in milliseconds and UTC), QVariantList and
/// QStringList, QVariantMap and QVariantHash, QJsonValue, QJsonObject, QJsonArray, QCborValue, QCborMap and QCborArray of such. Reading
/// gives qlonglong, double, QString, QByteArray, QDateTime, QVariantList and QVariantMap. What cannot be kept without loss is refused with
/// INVALID_ARGUMENT, and the message names type and place: other types, integers beyond 64 bit signed, lone surrogates, invalid dates.
/// Names and texts are compared by code points, never normalized.
///
/// Limits: collection name 64 bytes of [a-z0-9_.-]; key and field name 1...512 bytes of UTF-8; 1,000 fields, 256 KiB and 32 levels a
/// document.
///
/// **Reads** answer from memory, need no network, and see every write made in this process before.
///
/// **Writes** return at once. What they did can be read on return. Their future finishes, without an error, when the write is *durable*: it
/// survives a crash and a power cut, and will reach the server in its own time (Client::whenSynced() tells). In a strong collection it
/// finishes with the server's decision. With an error nothing was written, and what was shown before is shown again. Errors:
/// INVALID_ARGUMENT (value, name, kind of field), RESOURCE_EXHAUSTED (LIMIT_EXCEEDED, STORAGE_FULL), FAILED_PRECONDITION/CLOSED_STORE,
/// UNAVAILABLE (OFFLINE_STRONG_WRITE, STORAGE_IO), ABORTED/EXPECTATION_FAILED (strong), CANCELLED/CLOSED_STORE if the client was closed
/// meanwhile. A write that the server refuses *later* is taken back from view and kept in the quarantine; see Client::quarantined(). A
/// client that has not opened yet refuses writes and has no documents.
///
/// Futures finish on the client's thread: continue them with `.then(context, ...)`, and never block that thread in waitForFinished().
///
/// All functions are to be called on the client's thread.
class SATCHEL_EXPORT Collection : public QObject {
    Q_OBJECT
    Q_PROPERTY(QString name READ name CONSTANT)
    Q_PROPERTY(int pendingCount READ pendingCount NOTIFY pendingCountChanged)
    Q_PROPERTY(int quarantineCount READ quarantineCount NOTIFY quarantineCountChanged)

public:
    ~Collection() override;

    [[nodiscard]] QString name() const;
    /// The policy in force: the server's, else the one in ClientOptions, else the default one.
    [[nodiscard]] CollectionPolicy policy() const;

    // -- reading

    /// Nothing if the document does not exist. The map is shared, not copied: less than a microsecond for a document read before.
    [[nodiscard]] std::optional<QVariantMap> get(const QString &key) const;
    /// One field; invalid if there is no such document or field. A field that holds null is a valid QVariant of nullptr.
    [[nodiscard]] QVariant value(const QString &key, const QString &field) const;
    [[nodiscard]] bool contains(const QString &key) const;
    [[nodiscard]] int count() const;
    /// Keys of the documents that exist, sorted by the bytes of their UTF-8.
    [[nodiscard]] QStringList keys() const;
    /// All documents that exist, by key.
    [[nodiscard]] QMap<QString, QVariantMap> list() const;
    /// Keys of the documents that the query asks for, in its order, as they are now. INVALID_ARGUMENT as LiveQuery::error().
    [[nodiscard]] Result<QStringList> find(const Query &query) const;
    /// The same, kept up to date; never null, owned by `parent`, or by the collection if that is null.
    [[nodiscard]] LiveQuery *query(const Query &query, QObject *parent = nullptr);
    /// Whether the document has writes that the server has not answered.
    [[nodiscard]] bool isPending(const QString &key) const;
    /// A live handle of one document; never null, owned by `parent`, or by the collection if that is null.
    [[nodiscard]] Document *watch(const QString &key, QObject *parent = nullptr);

    // -- how its sync stands; when a device was last in step is no matter of one collection: SyncStatus::lastSynced()

    /// Writes of this device to this collection that the server has not answered yet.
    [[nodiscard]] int pendingCount() const;
    /// Refused writes to it that wait for a decision; see Client::quarantined().
    [[nodiscard]] int quarantineCount() const;

    // -- writing

    /// Whether set() would take this: every error that it finds on the spot, without writing anything.
    [[nodiscard]] Result<void> check(const QString &key, const QVariantMap &fields) const;
    /// Replaces the document: puts these fields and removes the others it shows. No fields: the same as remove(). Counters and sets cannot
    /// be put.
    [[nodiscard]] QFuture<Result<void>> set(const QString &key, const QVariantMap &fields, WriteOptions options = {});
    /// Puts these fields and leaves the others; makes the document if there is none. No fields: does nothing.
    [[nodiscard]] QFuture<Result<void>> update(const QString &key, const QVariantMap &fields, WriteOptions options = {});
    /// Removes the document. One that does not exist: does nothing.
    [[nodiscard]] QFuture<Result<void>> remove(const QString &key, WriteOptions options = {});
    /// Removes one field. One that does not exist: does nothing.
    [[nodiscard]] QFuture<Result<void>> removeField(const QString &key, const QString &field, WriteOptions options = {});
    /// Adds to a counter (see CollectionPolicy). Increments made on several devices add up, each counted once.
    [[nodiscard]] QFuture<Result<void>> increment(const QString &key, const QString &field, qint64 delta = 1, WriteOptions options = {});
    /// Adds a scalar to, or discards it from, a set field.
    [[nodiscard]] QFuture<Result<void>> addToSet(const QString &key, const QString &field, const QVariant &element,
                                                 WriteOptions options = {});
    [[nodiscard]] QFuture<Result<void>> discardFromSet(const QString &key, const QString &field, const QVariant &element,
                                                       WriteOptions options = {});

Q_SIGNALS:
    /// What is shown under `key` differs from what was shown at the last signal. Changes from other devices are signalled when all of one
    /// transaction can be read; own writes in the next turn of the event loop, several to one document once.
    void documentChanged(const QString &key);
    /// The same, once for all documents of one transaction or turn; sorted, each key once.
    void changed(const QStringList &keys);
    /// As those of SyncStatus: when the value differs from the last one signalled, at most once a turn of the event loop.
    void pendingCountChanged();
    void quarantineCountChanged();

private:
    friend class ClientPrivate;
    friend class Document;
    friend struct CollectionAccess;
    struct Private;
    explicit Collection(std::unique_ptr<Private> d, QObject *parent);
    std::unique_ptr<Private> d;
};

}  // namespace Satchel
