// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// A device whose key is in the system's keychain, or with KEY_FILE set in that file, for tst_secretservice and tst_keykills:
//   keychain_probe FOLDER USER read|write|destroy|rekey
// Prints the reason of a failed open or sign-out, else "good" and, reading, the document that was written.
#include <Satchel/client.h>

#include <QCoreApplication>

#include <cstdio>

using namespace Satchel;

namespace {

Result<void> await(const QFuture<Result<void>> &future)
{
    while (!future.isFinished()) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    return future.result();
}

int fail(const Error &error)
{
    std::printf("%s\n", qPrintable(error.reasonName()));
    std::fprintf(stderr, "%s\n", qPrintable(error.toString()));
    return 1;
}

}  // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() != 4) {
        return 2;
    }
    ClientOptions options;
    options.storeFolder = arguments[1];
    options.user = arguments[2];
    const QString keyFile = qEnvironmentVariable("KEY_FILE");
    options.key = keyFile.isEmpty() ? StoreKeySource::keychain(QStringLiteral("satchel-test")) : StoreKeySource::keyFile(keyFile);
    Client client(options);
    const QString notes = QStringLiteral("notes");
    if (arguments[3] == QLatin1String("destroy")) {
        const Result<void> destroyed = await(client.signOut(Client::SignOut::Destroy));
        std::puts(destroyed ? "good" : qPrintable(destroyed.error().reasonName()));
        return destroyed ? 0 : 1;
    }
    if (arguments[3] == QLatin1String("rekey")) {
        const Result<void> changed = await(client.changeKey(options.key));
        std::puts(changed ? "good" : qPrintable(changed.error().reasonName()));
        return changed ? 0 : 1;
    }
    if (const Result<void> opened = await(client.open()); !opened) {
        return fail(opened.error());
    }
    if (arguments[3] == QLatin1String("write")) {
        if (const Result<void> written = await(client.collection(notes)->set(notes, {{notes, QStringLiteral("milk")}})); !written) {
            return fail(written.error());
        }
    }
    std::printf("good %s\n", qPrintable(client.collection(notes)->value(notes, notes).toString()));
    return 0;
}
