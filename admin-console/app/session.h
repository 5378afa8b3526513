// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "backend.h"

#include "tools/tool.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>

namespace Satchel::Console {

/// Pauses between tries while the server is gone: the first, doubled up to the longest.
struct Patience {
    std::chrono::milliseconds first{1'000};
    std::chrono::milliseconds most{30'000};
};

/// The connection as it is: passes calls on, and learns from every answer whether the server is there and lets the operator in.
/// While the server is gone it asks again by itself, ever more patiently, until it is back.
class Session : public QObject, public UsersInterface, public StateInterface, public ConflictsInterface {
    Q_OBJECT

public:
    enum class State {
        NotConnected,  ///< nobody has said where to
        Connecting,
        Connected,
        Unreachable,  ///< no answer; tried again by itself
        SignedOut,    ///< the server does not accept the token; waits for a person
    };

    explicit Session(Clock clock, Patience patience = {}, QObject *parent = nullptr);
    ~Session() override;

    /// Leaves the server before, takes this one.
    void connectTo(std::unique_ptr<Backend> backend);
    /// Asks at once instead of after the pause.
    void retryNow();

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] const std::optional<Core::Error> &error() const { return m_error; }
    [[nodiscard]] QString serverName() const;
    [[nodiscard]] const SignedIn &signedIn() const { return m_signedIn; }
    /// When the server last answered; 0: never.
    [[nodiscard]] std::chrono::milliseconds lastAnswer() const { return m_lastAnswer; }
    /// How long it took.
    [[nodiscard]] std::chrono::milliseconds latency() const { return m_latency; }
    /// Until the next try, while Unreachable.
    [[nodiscard]] std::chrono::milliseconds untilRetry() const;

    [[nodiscard]] Answer<Wire::Admin::UsersListResponse> usersList(const Wire::Admin::UsersListRequest &request) override;
    [[nodiscard]] Answer<Wire::Admin::UsersGetResponse> usersGet(const Wire::Admin::UsersGetRequest &request) override;
    [[nodiscard]] Answer<Wire::Admin::StateListDocumentsResponse>
    stateListDocuments(const Wire::Admin::StateListDocumentsRequest &request) override;
    [[nodiscard]] Answer<Wire::Admin::StateGetDocumentResponse>
    stateGetDocument(const Wire::Admin::StateGetDocumentRequest &request) override;
    [[nodiscard]] Answer<Wire::Admin::ConflictsListResponse> conflictsList(const Wire::Admin::ConflictsListRequest &request) override;

Q_SIGNALS:
    void stateChanged();
    /// The server is there: for the first time, or again. What is shown should be asked for anew.
    void becameConnected();

private:
    void signIn();
    void probe();
    void note(const std::optional<Core::Error> &error, std::chrono::milliseconds took);
    void setState(State state, std::optional<Core::Error> error = {});
    template <typename T>
    Answer<T> watched(Answer<T> answer);
    template <typename T>
    [[nodiscard]] static Answer<T> notConnected();

    Clock m_clock;
    Patience m_patience;
    std::unique_ptr<Backend> m_backend;
    SignedIn m_signedIn;
    State m_state = State::NotConnected;
    std::optional<Core::Error> m_error;
    std::chrono::milliseconds m_lastAnswer{0};
    std::chrono::milliseconds m_latency{0};
    std::chrono::milliseconds m_pause;
    QTimer m_retry;
    quint64 m_generation = 0;
    bool m_isFreshTokenTried = false;
};

}  // namespace Satchel::Console
