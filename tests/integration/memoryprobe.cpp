// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// A device for tst_memorycanaries, which writes its own memory into a file:
//   memory_probe FOLDER KEY_FILE DUMP open|seal|signout
// SECRET is what it writes into documents, as hexadecimal digits of its bytes with every bit turned, so that the environment does not give
// it away. With SERVER and TOKEN set it syncs before.
#include <Satchel/client.h>

#include <QCoreApplication>
#include <QFutureWatcher>

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <unistd.h>

using namespace Satchel;

namespace {

constexpr int documentCount = 300;
constexpr std::size_t chunkBytes = 64 * 1024;

Result<void> await(const QFuture<Result<void>> &future)
{
    while (!future.isFinished()) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    return future.result();
}

bool isGood(const QFuture<Result<void>> &future)
{
    const Result<void> result = await(future);
    if (!result) {
        std::fprintf(stderr, "%s\n", qPrintable(result.error().toString()));
    }
    return result.has_value();
}

QString secret(int number)
{
    QByteArray bytes = QByteArray::fromHex(qgetenv("SECRET"));
    for (char &byte : bytes) {
        byte = char(~byte);
    }
    return QString::fromLatin1(bytes) + QString::number(number);
}

/// All that can be written to, since nothing else holds what this process has computed. Each piece behind a line that names it.
bool dumpMemory(const char *path)
{
    static std::array<char, chunkBytes> chunk;
    std::ifstream maps("/proc/self/maps");
    const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    std::FILE *out = std::fopen(path, "wb");
    if (!maps || memory < 0 || out == nullptr) {
        return false;
    }
    for (std::string line; std::getline(maps, line);) {
        const std::size_t dash = line.find('-');
        const std::size_t space = line.find(' ');
        std::uintptr_t begin = 0;
        std::uintptr_t end = 0;
        std::from_chars(line.data(), line.data() + dash, begin, 16);
        std::from_chars(line.data() + dash + 1, line.data() + space, end, 16);
        if (line.compare(space + 1, 2, "rw") != 0) {
            continue;
        }
        std::fprintf(out, "\nREGION %s\n", line.c_str());
        while (begin < end) {
            const ssize_t count = ::pread(memory, chunk.data(), std::min(chunk.size(), std::size_t(end - begin)), off_t(begin));
            if (count <= 0) {
                break;  // pages that guard others
            }
            std::fwrite(chunk.data(), 1, std::size_t(count), out);
            begin += std::uintptr_t(count);
        }
    }
    ::close(memory);
    return std::fclose(out) == 0;
}

ClientOptions optionsOf(const QStringList &arguments)
{
    ClientOptions options;
    options.storeFolder = arguments[1];
    options.user = QStringLiteral("anna");
    options.key = StoreKeySource::keyFile(arguments[2]);
    options.serverUrl = QUrl(qEnvironmentVariable("SERVER"));
    options.allowTestServer = true;
    options.tokenProvider = [] { return readyResult<QString>(qEnvironmentVariable("TOKEN")); };
    return options;
}

bool writeAll(Client &client)
{
    Collection *notes = client.collection(QStringLiteral("notes"));
    QFuture<Result<void>> last;
    for (int i = 0; i < documentCount; ++i) {
        last = notes->set(QString::number(i), {{QStringLiteral("text"), secret(i)}});
    }
    return isGood(last);
}

}  // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() != 5) {
        return 2;
    }
    const QString &job = arguments[4];
    Client client(optionsOf(arguments));
    if (!isGood(client.open()) || !writeAll(client)) {
        return 1;
    }
    if (!client.collection(QStringLiteral("notes"))->value(QStringLiteral("7"), QStringLiteral("text")).toString().endsWith(u'7')) {
        return 1;
    }
    if (qEnvironmentVariableIsSet("SERVER") && !isGood(client.whenSynced())) {
        return 1;
    }
    if (job != QLatin1String("open")) {
        const bool isSealed = job == QLatin1String("seal");
        if (!isGood(client.signOut(isSealed ? Client::SignOut::KeepSealed : Client::SignOut::Destroy))) {
            return 1;
        }
    }
    return dumpMemory(argv[3]) ? 0 : 1;
}
