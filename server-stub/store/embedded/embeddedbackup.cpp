// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "embeddedstore.h"

#include "audittables.h"
#include "sql.h"

#include "cipherdb/rawfile.h"

#include <algorithm>

namespace Satchel::Server {

namespace {

constexpr std::uint64_t pieceBytes = std::uint64_t{1} << 20U;

}  // namespace

Core::Result<std::shared_ptr<void>> EmbeddedStore::pin()
{
    CipherDb::OpenOptions options;
    options.path = m_path;
    options.role = CipherDb::Role::Reader;
    options.createIfMissing = false;
    options.files = m_files;
    return CipherDb::Database::open(options, m_key).and_then([](CipherDb::Database &&database) {
        return guarded([&]() -> std::shared_ptr<void> {
            auto held = std::make_shared<CipherDb::Database>(std::move(database));
            must(held->execute("BEGIN"));
            Query(*held, "SELECT count(*) FROM meta").next();
            return held;
        });
    });
}

Core::Result<std::optional<EmbeddedStore::Pieces>> EmbeddedStore::rawPieces(const std::string &suffix)
{
    CipherDb::FileSystem &files = m_files != nullptr ? *m_files : CipherDb::FileSystem::system();
    auto opened = CipherDb::RawFile::open(files, files.canonical(m_path).string() + suffix);
    if (!opened) {
        return Core::failure(std::move(opened.error()));
    }
    if (!*opened) {
        return std::optional<Pieces>();
    }
    return std::optional<Pieces>(
        [file = std::make_shared<CipherDb::RawFile>(std::move(**opened))](std::uint64_t offset) -> Core::Result<std::string> {
            if (offset >= file->size()) {
                return std::string();
            }
            auto piece = file->read(offset, static_cast<std::size_t>(std::min(pieceBytes, file->size() - offset)));
            if (!piece) {
                return Core::failure(Core::unavailable(Core::ErrorReason::StorageIo, "a file of the store cannot be read"));
            }
            return std::move(*piece);
        });
}

Core::Result<void> EmbeddedStore::copyKeyring(const std::filesystem::path &folder)
{
    return guarded([&] { m_rows->keyring().copyTo(folder); });
}

Core::Result<std::vector<std::string>> EmbeddedStore::auditTenants()
{
    return guarded([&] { return AuditTables(*m_writer, *m_rows).tenants(); });
}

Core::Result<std::uint64_t> EmbeddedStore::ownerCount()
{
    return guarded([&] {
        Query rows(*m_writer, "SELECT count(*) FROM owners");
        return rows.next() ? rows.natural() : 0;
    });
}

}  // namespace Satchel::Server
