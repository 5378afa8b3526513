// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Goal: a client that outlives the application object (a static, or declared before it) closes cleanly and loses nothing.
// Method: a program of its own, since a test's application ends with the test. Writes, lets the application go with the write still under
// way, closes, and looks into the store under a second application.
#include <Satchel/client.h>

#include <QCoreApplication>
#include <QTemporaryDir>

#include <cstdio>
#include <memory>

using namespace Satchel;

namespace {

std::unique_ptr<Client> openIn(const QString &folder)
{
    ClientOptions options;
    options.user = QStringLiteral("anna");
    options.storeFolder = folder;
    options.key = StoreKeySource::raw(QByteArray(32, 'k'));
    auto client = std::make_unique<Client>(options);
    const auto opening = client->open();
    while (!opening.isFinished()) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    return opening.result() ? std::move(client) : nullptr;
}

}  // namespace

int main(int argc, char **argv)
{
    const QTemporaryDir folder;
    constexpr int count = 200;
    const QString notes = QStringLiteral("notes");
    std::unique_ptr<Client> client;
    {
        const QCoreApplication application(argc, argv);
        client = openIn(folder.path());
        if (client == nullptr) {
            std::fputs("the store did not open\n", stderr);
            return 1;
        }
        for (int i = 0; i < count; ++i) {
            ignore(client->collection(notes)->set(QString::number(i), {{QStringLiteral("n"), i}}), "closing makes it durable");
        }
    }
    client.reset();
    const QCoreApplication application(argc, argv);
    client = openIn(folder.path());
    const int found = client != nullptr ? client->collection(notes)->count() : -1;
    if (found != count) {
        std::fprintf(stderr, "%d of %d documents are there\n", found, count);
        return 1;
    }
    return 0;
}
