// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "listfields.h"

#include <cstdint>

namespace Satchel::Wire::Admin {

namespace {

using Core::FilterField;
using Core::FilterType;

constexpr FilterField users[] = {{"user", FilterType::Text, "id of the user"},
                                 {"seen", FilterType::Time, "last contact of any device"},
                                 {"created", FilterType::Time, "first contact"},
                                 {"documents", FilterType::Number, "documents that exist"},
                                 {"conflicts", FilterType::Number, "fields in conflict"},
                                 {"events", FilterType::Number, "mutations accepted so far"},
                                 {"devices", FilterType::Number, "devices seen"}};

constexpr FilterField devices[] = {{"user", FilterType::Text, "whose device it is"},
                                   {"name", FilterType::Text, "its name"},
                                   {"platform", FilterType::Text, "its operating system"},
                                   {"app", FilterType::Text, "version of the app"},
                                   {"sdk", FilterType::Text, "version of the SDK"},
                                   {"seen", FilterType::Time, "last contact"},
                                   {"lag", FilterType::Number, "events that it has not read"},
                                   {"revoked", FilterType::Flag, "it may not sync any more"}};

constexpr FilterField documents[] = {{"collection", FilterType::Text, "its collection"},
                                     {"key", FilterType::Text, "its key"},
                                     {"updated", FilterType::Time, "latest change, by the server's clock"},
                                     {"fields", FilterType::Number, "fields shown"},
                                     {"conflicts", FilterType::Number, "fields in conflict"},
                                     {"bytes", FilterType::Number, "size as stored"},
                                     {"seq", FilterType::Number, "place of its latest event"}};

constexpr FilterField conflicts[] = {{"user", FilterType::Text, "whose document it is"},
                                     {"collection", FilterType::Text, "its collection"},
                                     {"key", FilterType::Text, "its key"},
                                     {"field", FilterType::Text, "name of the field"},
                                     {"detected", FilterType::Time, "when it came to be, by the server's clock"},
                                     {"seq", FilterType::Number, "place of the event that made it"}};

constexpr std::string_view outcomeNames[] = {
    "ok",        "cancelled",      "unknown",           "invalid_argument",   "deadline_exceeded",
    "not_found", "already_exists", "permission_denied", "resource_exhausted", "failed_precondition",
    "aborted",   "out_of_range",   "unimplemented",     "internal",           "unavailable",
    "data_loss", "unauthenticated"};
constexpr std::int64_t outcomeNumbers[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

constexpr FilterField audit[] = {{"actor", FilterType::Text, "who called"},
                                 {"action", FilterType::Text, "what was called, as Users/Get"},
                                 {"user", FilterType::Text, "whom it concerns"},
                                 {"time", FilterType::Time, "when, by the server's clock"},
                                 {"outcome", FilterType::Name, "what came of it", outcomeNames, outcomeNumbers},
                                 {"index", FilterType::Number, "place in the log"}};

}  // namespace

std::span<const FilterField> userFields()
{
    return users;
}

std::span<const FilterField> deviceFields()
{
    return devices;
}

std::span<const FilterField> documentFields()
{
    return documents;
}

std::span<const FilterField> conflictFields()
{
    return conflicts;
}

std::span<const FilterField> auditFields()
{
    return audit;
}

}  // namespace Satchel::Wire::Admin
