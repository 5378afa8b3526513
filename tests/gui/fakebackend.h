// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "app/backend.h"

#include <QPromise>

#include <functional>
#include <list>
#include <map>
#include <optional>
#include <vector>

namespace Satchel::Test {

/// The time at which everything in a FakeServer happens: 24 November 2026, 14:02:11 UTC.
inline constexpr std::chrono::milliseconds fakeNow{1'795'528'931'000};

/// What the fake backend answers from. Lives in the test; outlives the window.
struct FakeServer {
    struct Document {
        Wire::Admin::StateGetDocumentResponse view;
    };

    std::vector<Wire::Admin::UserSummary> users;
    std::map<std::string, Wire::Admin::UsersGetResponse> profiles;
    std::map<std::string, std::vector<Document>> documents;
    std::vector<Wire::Admin::Conflict> open;
    std::vector<Wire::Admin::Conflict> overwritten;

    /// Every call is answered with this instead.
    std::optional<Core::Error> failure;
    /// Calls that list conflicts are answered with this instead.
    std::optional<Core::Error> conflictsFailure;
    /// Answers wait for release().
    bool isHolding = false;
    std::list<std::function<void()>> held;

    int calls = 0;
    int signIns = 0;
    std::vector<Wire::Admin::UsersListRequest> usersListRequests;

    void release();
};

/// A small tenant in which everything that the console can show occurs.
[[nodiscard]] FakeServer makeTypicalServer();
/// Adds generated users, "user-00042@example.org", that have an empty state.
void addGeneratedUsers(FakeServer &server, int count);
/// Puts a text into every place that the console shows: a user whose id, device, collection, keys, fields and values all are it.
void addHostileUser(FakeServer &server, const std::string &text);

class FakeBackend : public Console::Backend {
public:
    explicit FakeBackend(FakeServer &server)
        : m_server(server)
    {
    }

    [[nodiscard]] Console::Answer<Console::SignedIn> signIn() override;
    [[nodiscard]] QString serverName() const override { return QStringLiteral("satchel.example.org"); }
    [[nodiscard]] Console::Answer<Wire::Admin::UsersListResponse> usersList(const Wire::Admin::UsersListRequest &request) override;
    [[nodiscard]] Console::Answer<Wire::Admin::UsersGetResponse> usersGet(const Wire::Admin::UsersGetRequest &request) override;
    [[nodiscard]] Console::Answer<Wire::Admin::StateListDocumentsResponse>
    stateListDocuments(const Wire::Admin::StateListDocumentsRequest &request) override;
    [[nodiscard]] Console::Answer<Wire::Admin::StateGetDocumentResponse>
    stateGetDocument(const Wire::Admin::StateGetDocumentRequest &request) override;
    [[nodiscard]] Console::Answer<Wire::Admin::ConflictsListResponse>
    conflictsList(const Wire::Admin::ConflictsListRequest &request) override;

private:
    template <typename T>
    [[nodiscard]] Console::Answer<T> answer(std::function<Core::Result<T>()> compute);

    FakeServer &m_server;
};

}  // namespace Satchel::Test
