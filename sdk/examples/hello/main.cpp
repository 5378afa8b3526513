// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// The smallest app: opens the user's store, writes a document, and is in step with the user's other devices.
// Run it with SATCHEL_URL and SATCHEL_TOKEN of a server, or without: then it stays on this device.
#include <Satchel/client.h>

#include <QCoreApplication>
#include <QDebug>

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    Satchel::ClientOptions options;
    options.serverUrl = QUrl(qEnvironmentVariable("SATCHEL_URL"));
    options.tokenProvider = [] { return Satchel::readyResult<QString>(qEnvironmentVariable("SATCHEL_TOKEN")); };
    options.user = "anna";
    options.key = Satchel::StoreKeySource::passphrase("correct horse battery staple");
    Satchel::Client client(options);

    // Every step answers with a Result: a value, or an error that says what to do.
    const auto finish = [&](const char *what, const Satchel::Result<void> &result) {
        qInfo().noquote() << what << (result ? QStringLiteral("yes") : result.error().toString());
        return result.has_value();
    };
    client.open().then(&app, [&](const Satchel::Result<void> &opened) {
        if (!finish("open:", opened)) {
            return app.exit(1);
        }
        Satchel::Collection *preferences = client.collection("preferences");
        preferences->set("editor", {{"theme", "dark"}, {"fontSize", 12}}).then(&app, [&](const Satchel::Result<void> &durable) {
            if (!finish("durable:", durable)) {
                app.exit(1);
            }
            client.whenSynced().then(&app, [&](const Satchel::Result<void> &synced) {
                finish("synced:", synced);
                app.exit(synced || client.syncStatus()->state() == Satchel::SyncStatus::State::Offline ? 0 : 1);
            });
        });
        qInfo() << "theme:" << preferences->value("editor", "theme").toString();  // seen at once
    });
    return app.exec();
}
