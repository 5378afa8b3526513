// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <Satchel/collection.h>
#include <Satchel/result.h>
#include <Satchel/satchelglobal.h>

#include <QtCore/QByteArray>
#include <QtCore/QMap>
#include <QtCore/QMetaObject>
#include <QtCore/QMetaType>
#include <QtCore/QObject>
#include <QtCore/QVariant>

#include <concepts>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace Satchel {

/// A struct with Q_GADGET: what a TypedCollection holds.
template <typename T>
concept Gadget = std::default_initializable<T> && std::copyable<T> && !std::derived_from<T, QObject> && requires {
    { T::staticMetaObject } -> std::convertible_to<const QMetaObject &>;
};

/// What stands behind TypedCollection, without templates: gadgets to and from the fields of a document.
///
/// Fields are the properties of the type that can be read and written and are stored (Q_PROPERTY without STORED false), those of its bases
/// too, under the property's name. Kept as:
///
/// | property | in the document |
/// | --- | --- |
/// | bool, QString, QByteArray, double | the same; a double also takes an integer that it can hold exactly |
/// | integer types, float | integer, double; a value that the type cannot hold exactly is an error, never cut |
/// | QDateTime | timestamp, milliseconds, UTC; an invalid one has no field |
/// | Q_ENUM | the name of its key, so that numbers may change; flags are not mapped |
/// | a gadget | map |
/// | QList of any of these, QStringList | list |
/// | std::optional of any of these | nullopt has no field; null is read as nullopt too |
/// | QVariantMap, QVariantList, QVariant | as Collection says; an invalid QVariant has no field |
///
/// A property of another type is an error wherever it is met. A field that the document does not have leaves the property at what a new T
/// has. Errors are INVALID_ARGUMENT/NOT_REPRESENTABLE with the path of the value ("address.lines[2]"); see Collection for the others.
/// Stateless; may be called from any thread, but write() and writeField(), which are of the client's.
namespace Typed {

[[nodiscard]] SATCHEL_EXPORT Result<QVariantMap> toFields(const QMetaObject &type, const void *gadget);
/// `gadget` is a new T; after an error it is half filled and of no use.
[[nodiscard]] SATCHEL_EXPORT Result<void> fromFields(const QMetaObject &type, const QVariantMap &fields, void *gadget);
/// TypedCollection::set(); `before`: what get() gave, null if nothing.
[[nodiscard]] SATCHEL_EXPORT QFuture<Result<void>> write(Collection *collection, const QString &key, const QMetaObject &type,
                                                         const void *before, const void *after, WriteOptions options);
/// TypedCollection::update(); `value` is of `valueType`.
[[nodiscard]] SATCHEL_EXPORT QFuture<Result<void>> writeField(Collection *collection, const QString &key, const QMetaObject &type,
                                                              std::string_view field, QMetaType valueType, const void *value,
                                                              WriteOptions options);

template <Gadget T>
[[nodiscard]] Result<QVariantMap> toFields(const T &value)
{
    return toFields(T::staticMetaObject, &value);
}

template <Gadget T>
[[nodiscard]] Result<T> fromFields(const QVariantMap &fields)
{
    T value{};
    const Result<void> filled = fromFields(T::staticMetaObject, fields, &value);
    return filled ? Result<T>(std::move(value)) : failure(filled.error());
}

/// Library use: how a std::optional is looked into through its QMetaType.
struct OptionalAccess {
    QMetaType inner;
    /// Null if there is none.
    const void *value = nullptr;
    /// Null where the optional is const.
    void *optional = nullptr;
    void *(*emplace)(void *optional) = nullptr;
};

/// Library use: what a pointer to a member says.
template <typename Pointer>
struct MemberTraits;
template <typename Class, typename Type>
struct MemberTraits<Type Class::*> {
    using Owner = Class;
    using Value = Type;
};

/// Library use: "title" for &Task::title, from what the compiler says of this function.
template <auto Member>
[[nodiscard]] constexpr std::string_view memberName()
{
    std::string_view text = Q_FUNC_INFO;
    text = text.substr(text.find("Member = ") + 9);
    text = text.substr(0, text.find_first_of(";])>"));
    return text.substr(text.rfind(':') + 1);
}

/// Numbers convert only where every value survives; everything else as C++ converts it by itself.
template <typename From, typename To>
concept ExactlyConvertible = std::convertible_to<From, To> && (!std::is_arithmetic_v<To> || requires(From from) { To{from}; } ||
                                                               (std::is_floating_point_v<To> && std::is_integral_v<std::decay_t<From>> &&
                                                                !std::is_same_v<std::decay_t<From>, bool> && sizeof(From) < sizeof(To)));

template <auto Member, typename T>
concept FieldOf = std::is_member_object_pointer_v<decltype(Member)> && std::derived_from<T, typename MemberTraits<decltype(Member)>::Owner>;

}  // namespace Typed

/// What list() gives: the documents that are a T, and why the others are not.
template <typename T>
struct TypedDocuments {
    QMap<QString, T> values;
    QMap<QString, Error> unreadable;
};

/// A collection whose documents are the gadgets T; a view of Collection, which stays usable beside it and has the signals.
///
///     struct Task {
///         Q_GADGET
///         Q_PROPERTY(QString title MEMBER title)
///         Q_PROPERTY(bool done MEMBER done)
///     public:
///         QString title;
///         bool done = false;
///     };
///     Satchel::TypedCollection<Task> tasks(client.collection(QStringLiteral("tasks")));
///     tasks.update<&Task::title>(key, QStringLiteral("Water the plants"));
///
/// How each type is kept is in Typed. **Nothing is converted approximately**: what does not fit is INVALID_ARGUMENT with its path.
///
/// **What T does not know is kept.** Writes touch only the fields of T, and of these only those that differ: fields that a newer version of
/// the app wrote stay as they are, in nested gadgets too, and in lists of gadgets for the elements that are unchanged or changed in place.
/// Two devices that change different fields both keep their change. A field that the policy calls a counter gets the difference as an
/// increment, one that it calls a set what was added and what is gone.
///
/// A document exists while it has a field: a T that is all nullopt is no document.
///
/// A value of the client's thread, as cheap to copy as a pointer; valid as long as the client.
template <Gadget T>
class TypedCollection {
public:
    /// `collection` is not null.
    explicit TypedCollection(Collection *collection)
        : m_collection(collection)
    {
        Q_ASSERT(collection);
    }

    [[nodiscard]] Collection *collection() const { return m_collection; }

    /// Nothing if the document does not exist; an error if it is not a T.
    [[nodiscard]] Result<std::optional<T>> get(const QString &key) const
    {
        const std::optional<QVariantMap> fields = m_collection->get(key);
        if (!fields) {
            return std::optional<T>();
        }
        Result<T> value = Typed::fromFields<T>(*fields);
        return value ? Result<std::optional<T>>(std::move(*value)) : failure(value.error());
    }

    /// All documents that exist, by key.
    [[nodiscard]] TypedDocuments<T> list() const
    {
        TypedDocuments<T> documents;
        const QMap<QString, QVariantMap> all = m_collection->list();
        for (auto it = all.begin(); it != all.end(); ++it) {
            if (Result<T> value = Typed::fromFields<T>(it.value())) {
                documents.values.insert(it.key(), std::move(*value));
            } else {
                documents.unreadable.insert(it.key(), value.error());
            }
        }
        return documents;
    }

    /// Makes the document show `value`: writes the fields whose value is another than get() gives, removes those that are nullopt, keeps
    /// the unknown ones. One that is not a T gets all fields of T. Nothing differs: does nothing. Errors as Collection's writes.
    [[nodiscard]] QFuture<Result<void>> set(const QString &key, const T &value, WriteOptions options = {})
    {
        const Result<std::optional<T>> shown = get(key);
        const T *before = shown && *shown ? &**shown : nullptr;
        return Typed::write(m_collection, key, T::staticMetaObject, before, &value, options);
    }

    /// Calls `edit` with what get() gives, or with a new T, and writes what it changed. A document that is not a T is an error, and `edit`
    /// is not called.
    template <std::invocable<T &> Edit>
    [[nodiscard]] QFuture<Result<void>> change(const QString &key, Edit &&edit, WriteOptions options = {})
    {
        const Result<std::optional<T>> shown = get(key);
        if (!shown) {
            return readyResult<void>(failure(shown.error()));
        }
        T after = shown->value_or(T{});
        std::forward<Edit>(edit)(after);
        return Typed::write(m_collection, key, T::staticMetaObject, *shown ? &**shown : nullptr, &after, options);
    }

    /// Writes one field, whether or not it differs; makes the document if there is none. The rest of the document need not be a T. Field
    /// and type are checked when the app is compiled; a member without a stored property of its name and type is INVALID_ARGUMENT.
    template <auto Field, Typed::ExactlyConvertible<typename Typed::MemberTraits<decltype(Field)>::Value> Value>
        requires Typed::FieldOf<Field, T>
    [[nodiscard]] QFuture<Result<void>> update(const QString &key, Value &&value, WriteOptions options = {})
    {
        using Member = typename Typed::MemberTraits<decltype(Field)>::Value;
        const Member member = static_cast<Member>(std::forward<Value>(value));
        return Typed::writeField(m_collection, key, T::staticMetaObject, Typed::memberName<Field>(), QMetaType::fromType<Member>(), &member,
                                 options);
    }

    /// As Collection::remove(): the whole document, with what T does not know of it.
    [[nodiscard]] QFuture<Result<void>> remove(const QString &key, WriteOptions options = {}) { return m_collection->remove(key, options); }

private:
    Collection *m_collection;
};

}  // namespace Satchel

/// Lets Qt's meta types look into std::optional; the header that declares a gadget with such a property includes this one.
template <typename T>
struct QMetaTypeId<std::optional<T>> {
    enum { Defined = 1 };
    static int qt_metatype_id()
    {
        using Satchel::Typed::OptionalAccess;
        static const int id = [] {
            const auto emplace = [](void *optional) -> void * { return &static_cast<std::optional<T> *>(optional)->emplace(); };
            QMetaType::registerConverter<std::optional<T>, OptionalAccess>([](const std::optional<T> &from) {
                return OptionalAccess{QMetaType::fromType<T>(), from ? &*from : nullptr, nullptr, nullptr};
            });
            QMetaType::registerMutableView<std::optional<T>, OptionalAccess>([emplace](std::optional<T> &from) {
                return OptionalAccess{QMetaType::fromType<T>(), from ? &*from : nullptr, &from, emplace};
            });
            return qRegisterNormalizedMetaType<std::optional<T>>("std::optional<" + QByteArray(QMetaType::fromType<T>().name()) + '>');
        }();
        return id;
    }
};
