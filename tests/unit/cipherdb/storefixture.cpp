// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "storefixture.h"

#include <QFile>
#include <QProcess>

namespace Satchel::CipherDb::Testing {

StoreKey keyFrom(std::uint8_t first)
{
    std::array<std::uint8_t, StoreKey::sizeBytes> bytes{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(first + i);
    return StoreKey(bytes);
}

StoreFolder::StoreFolder()
    : m_temporary(std::in_place)
    , m_folder(m_temporary->path().toStdString())
{
}

Core::Result<Database> StoreFolder::open(Role role, std::uint8_t key) const
{
    return Database::open(options(role), keyFrom(key));
}

Core::Result<void> makeEntryTable(Database &database)
{
    return database.execute("CREATE TABLE IF NOT EXISTS entry(id INTEGER PRIMARY KEY, body BLOB, part INTEGER);"
                            "CREATE INDEX IF NOT EXISTS entry_part ON entry(part)");
}

std::string bodyOf(std::int64_t id)
{
    std::string body;
    const std::int64_t size = id % 17 == 0 ? 9000 : 20 + id % 200;
    auto state = static_cast<std::uint64_t>(id) * 6364136223846793005U + 1442695040888963407U;
    for (std::int64_t i = 0; i < size; ++i) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        body += static_cast<char>(state >> 56U);
    }
    return body;
}

Core::Result<void> insertEntry(Database &database, std::int64_t id, std::int64_t part)
{
    auto insert = database.prepared("INSERT INTO entry(id, body, part) VALUES(?, ?, ?)");
    if (!insert)
        return Core::failure(insert.error());
    return (*insert)->bind(0, id).bindBlob(1, bodyOf(id)).bind(2, part).run();
}

Core::Result<void> commitEntries(Database &database, std::int64_t firstId, int count, std::int64_t part)
{
    auto transaction = Transaction::begin(database);
    if (!transaction)
        return Core::failure(transaction.error());
    for (int i = 0; i < count; ++i) {
        if (auto inserted = insertEntry(database, firstId + i, part); !inserted)
            return inserted;
    }
    return transaction->commit();
}

Core::Result<std::map<std::int64_t, std::int64_t>> readEntries(Database &database)
{
    auto select = database.prepared("SELECT id, body, part FROM entry ORDER BY id");
    if (!select)
        return Core::failure(select.error());
    std::map<std::int64_t, std::int64_t> entries;
    for (;;) {
        auto hasRow = (*select)->step();
        if (!hasRow)
            return Core::failure(hasRow.error());
        if (!*hasRow)
            return entries;
        const std::int64_t id = (*select)->int64(0);
        if ((*select)->blob(1) != bodyOf(id))
            return Core::failure(Core::makeError(ErrorCode::DataLoss, ErrorReason::None, "wrong data was served as good"));
        entries[id] = (*select)->int64(2);
    }
}

QByteArray bytesOf(const std::filesystem::path &path)
{
    QFile file(QString::fromStdString(path.string()));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void writeBytes(const std::filesystem::path &path, const QByteArray &bytes)
{
    QFile file(QString::fromStdString(path.string()));
    QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
    QCOMPARE(file.write(bytes), bytes.size());
}

std::map<std::string, QByteArray> contentOf(const std::filesystem::path &folder)
{
    std::map<std::string, QByteArray> content;
    for (const auto &entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file())
            content[std::filesystem::relative(entry.path(), folder).string()] = bytesOf(entry.path());
    }
    return content;
}

bool copyFolder(const std::filesystem::path &from, const std::filesystem::path &to)
{
    std::filesystem::remove_all(to);
    return runProcess(QStringLiteral("cp"),
                      {QStringLiteral("-a"), QString::fromStdString(from.string()), QString::fromStdString(to.string())})
               .exitCode == 0;
}

namespace {

/// Without the room behind the last frame.
QByteArray writtenWal(const QByteArray &wal)
{
    constexpr qsizetype headerBytes = 32;
    constexpr qsizetype frameBytes = 24 + 4096;
    qsizetype end = headerBytes;
    while (end + frameBytes <= wal.size() && wal.sliced(end, 4) != QByteArray(4, '\0')) {
        end += frameBytes;
    }
    return wal.first(std::min(end, wal.size()));
}

}  // namespace

Core::Result<SavedStore> SavedStore::make(int rowsBefore, int parts, int rowsPerPart)
{
    const StoreFolder source;
    auto database = source.open();
    if (!database)
        return Core::failure(database.error());
    SavedStore saved;
    auto made = makeEntryTable(*database).and_then([&] { return commitEntries(*database, 1, rowsBefore, 0); }).and_then([&] {
        return database->checkpoint();
    });
    for (int part = 1; made && part <= parts; ++part) {
        made = commitEntries(*database, part * 1000, rowsPerPart, part);
        saved.walEnds.push_back(writtenWal(bytesOf(source.file("-wal"))).size());
    }
    const StoreFolder copy;
    if (made && !copyFolder(source.folder(), copy.folder() / "copy"))
        made = Core::failure(Core::makeError(ErrorCode::Internal, ErrorReason::None, "the store cannot be copied"));
    if (!made)
        return Core::failure(made.error());
    const StoreFolder copied(copy.folder() / "copy");
    saved.store = bytesOf(copied.file());
    saved.wal = writtenWal(bytesOf(copied.file("-wal")));
    saved.record = bytesOf(copied.file(".keycheck"));
    return saved;
}

void putFiles(const StoreFolder &folder, const QByteArray &store, const QByteArray &wal, const QByteArray &record)
{
    std::filesystem::remove(folder.file("-shm"));
    const std::pair<const char *, const QByteArray &> files[] = {{"", store}, {"-wal", wal}, {".keycheck", record}};
    for (const auto &[suffix, bytes] : files) {
        if (bytes.isEmpty())
            std::filesystem::remove(folder.file(suffix));
        else
            writeBytes(folder.file(suffix), bytes);
    }
}

QByteArray flipped(QByteArray bytes, qsizetype at, int mask)
{
    bytes[at] = static_cast<char>(bytes[at] ^ mask);
    return bytes;
}

ProcessOutcome runProcess(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(program, arguments);
    if (!process.waitForFinished(60000) || process.exitStatus() != QProcess::NormalExit) {
        process.kill();
        process.waitForFinished();
        return {};
    }
    return {process.exitCode(), process.readAllStandardOutput()};
}

ProcessOutcome runChild(const QStringList &arguments)
{
    return runProcess(childProgram(), arguments);
}

QString childProgram()
{
    return QStringLiteral(CIPHERDB_CHILD);
}

Mount::Mount(const std::filesystem::path &point, const QStringList &arguments)
    : m_point(point)
    , m_isMounted(runProcess(QStringLiteral("mount"), arguments + QStringList(QString::fromStdString(point.string()))).exitCode == 0)
{
}

Mount::~Mount()
{
    static_cast<void>(unmount());
}

bool Mount::unmount()
{
    if (!m_isMounted)
        return true;
    m_isMounted = runProcess(QStringLiteral("umount"), {QString::fromStdString(m_point.string())}).exitCode != 0;
    return !m_isMounted;
}

}  // namespace Satchel::CipherDb::Testing
