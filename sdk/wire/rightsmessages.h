// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/ids.h"
#include "wire/pagerequest.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

/// Requests and responses about erasing, exporting, wiping and notes on users; proto/satchel/v1/rights.proto documents every member.
namespace Satchel::Wire::Admin {

struct BackupsCreateRequest {
    friend bool operator==(const BackupsCreateRequest &, const BackupsCreateRequest &) = default;
};

struct BackupsCreateResponse {
    std::string name;
    std::uint64_t sizeBytes = 0;
    std::string manifest;
    friend bool operator==(const BackupsCreateResponse &, const BackupsCreateResponse &) = default;
};

struct UsersEraseRequest {
    std::string user;
    friend bool operator==(const UsersEraseRequest &, const UsersEraseRequest &) = default;
};

struct UsersEraseResponse {
    std::string receipt;
    std::uint64_t documentCount = 0;
    std::uint64_t eventCount = 0;
    std::uint32_t deviceCount = 0;
    friend bool operator==(const UsersEraseResponse &, const UsersEraseResponse &) = default;
};

struct UsersExportRequest {
    std::string user;
    std::string token;
    friend bool operator==(const UsersExportRequest &, const UsersExportRequest &) = default;
};

struct UsersExportResponse {
    std::string lines;
    std::string nextToken;
    friend bool operator==(const UsersExportResponse &, const UsersExportResponse &) = default;
};

struct DevicesWipeRequest {
    std::string user;
    Core::DeviceId device;
    friend bool operator==(const DevicesWipeRequest &, const DevicesWipeRequest &) = default;
};

struct DevicesWipeResponse {
    bool wasWiped = false;
    friend bool operator==(const DevicesWipeResponse &, const DevicesWipeResponse &) = default;
};

struct Note {
    std::string id;
    std::string author;
    std::chrono::milliseconds created{0};
    std::string text;
    friend bool operator==(const Note &, const Note &) = default;
};

struct UsersNotesRequest {
    std::string user;
    PageRequest page;
    friend bool operator==(const UsersNotesRequest &, const UsersNotesRequest &) = default;
};

struct UsersNotesResponse {
    std::vector<Note> notes;
    std::string nextToken;
    friend bool operator==(const UsersNotesResponse &, const UsersNotesResponse &) = default;
};

struct UsersAddNoteRequest {
    std::string user;
    std::string text;
    friend bool operator==(const UsersAddNoteRequest &, const UsersAddNoteRequest &) = default;
};

struct UsersAddNoteResponse {
    Note note;
    friend bool operator==(const UsersAddNoteResponse &, const UsersAddNoteResponse &) = default;
};

struct UsersRemoveNoteRequest {
    std::string user;
    std::string id;
    friend bool operator==(const UsersRemoveNoteRequest &, const UsersRemoveNoteRequest &) = default;
};

struct UsersRemoveNoteResponse {
    friend bool operator==(const UsersRemoveNoteResponse &, const UsersRemoveNoteResponse &) = default;
};

}  // namespace Satchel::Wire::Admin
