// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "manifest.h"

#include "audit/exportlines.h"
#include "cipherdb/newfile.h"
#include "wire/json.h"

#include <openssl/evp.h>

#include <charconv>
#include <fstream>
#include <memory>

namespace Satchel::Server {

using Core::Value;

namespace {

constexpr std::int64_t manifestVersion = 1;
constexpr std::size_t pieceBytes = std::size_t{1} << 20U;
constexpr std::size_t hashBytes = 32;

tl::unexpected<Core::Error> wrong(const std::string &why)
{
    return Core::failure(Core::invalidArgument(Core::ErrorReason::MalformedInput, "the backup's manifest " + why));
}

/// SHA-256 by the processor's own instructions where it has them: a backup is as fast as its disk.
class Hasher {
public:
    Hasher()
        : m_context(EVP_MD_CTX_new(), &EVP_MD_CTX_free)
    {
        EVP_DigestInit_ex(m_context.get(), EVP_sha256(), nullptr);
    }
    void add(std::string_view bytes) { EVP_DigestUpdate(m_context.get(), bytes.data(), bytes.size()); }
    [[nodiscard]] std::string finished()
    {
        std::string out(hashBytes, '\0');
        EVP_DigestFinal_ex(m_context.get(), reinterpret_cast<unsigned char *>(out.data()), nullptr);
        return out;
    }

private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> m_context;
};

const std::string *textOf(const Value &object, std::string_view name)
{
    const Value *member = object.find(name);
    return member == nullptr ? nullptr : member->as<std::string>();
}

bool isPlainName(const std::string &name)
{
    return !name.empty() && name.find('/') == std::string::npos && name.find('\\') == std::string::npos && name.front() != '.';
}

Core::Result<BackupManifest::File> fileOf(const Value &value)
{
    BackupManifest::File file;
    const std::string *name = textOf(value, "name");
    const std::string *hash = textOf(value, "sha256");
    const Value *size = value.find("bytes");
    const auto *bytes = size == nullptr ? nullptr : size->as<std::int64_t>();
    const auto decoded = hash == nullptr ? Core::Result<std::string>(std::string()) : Wire::fromBase64Url(*hash);
    if (name == nullptr || !isPlainName(*name) || bytes == nullptr || *bytes < 0 || !decoded || decoded->size() != hashBytes) {
        return wrong("names a file without its size and hash");
    }
    return BackupManifest::File{*name, static_cast<std::uint64_t>(*bytes), *decoded};
}

}  // namespace

std::string BackupManifest::toJson() const
{
    Value::List listed;
    for (const File &file : files) {
        auto one = Value::map({{"name", Value(file.name)},
                               {"bytes", Value(static_cast<std::int64_t>(file.sizeBytes))},
                               {"sha256", Value(Wire::base64Url(file.sha256))}});
        listed.push_back(one ? std::move(*one) : Value());
    }
    Value::List notes;
    for (const std::string &note : auditNotes) {
        notes.emplace_back(note);
    }
    const auto whole = Value::map({{"satchelBackup", Value(manifestVersion)},
                                   {"made", Value(Audit::timeText(made))},
                                   {"madeMs", Value(static_cast<std::int64_t>(made.count()))},
                                   {"epoch", Value(std::to_string(epoch))},
                                   {"files", Value(std::move(listed))},
                                   {"audit", Value(std::move(notes))}});
    return (whole ? Wire::jsonFromValue(*whole) : std::string()) + '\n';
}

Core::Result<BackupManifest> BackupManifest::fromJson(std::string_view text)
{
    while (!text.empty() && text.back() == '\n') {
        text.remove_suffix(1);
    }
    const auto whole = Wire::valueFromJson(text);
    const Value *version = whole ? whole->find("satchelBackup") : nullptr;
    if (version == nullptr || version->as<std::int64_t>() == nullptr) {
        return wrong("cannot be read");
    }
    if (*version->as<std::int64_t>() != manifestVersion) {
        return wrong("is of a later version; restore it with a newer program");
    }
    BackupManifest out;
    const std::string *epoch = textOf(*whole, "epoch");
    const Value *made = whole->find("madeMs");
    const Value *files = whole->find("files");
    const Value *notes = whole->find("audit");
    const auto *listed = files == nullptr ? nullptr : files->as<Value::List>();
    const auto *signedHeads = notes == nullptr ? nullptr : notes->as<Value::List>();
    if (epoch == nullptr || made == nullptr || made->as<std::int64_t>() == nullptr || listed == nullptr || signedHeads == nullptr ||
        std::from_chars(epoch->data(), epoch->data() + epoch->size(), out.epoch).ec != std::errc()) {
        return wrong("does not say epoch, time, files and heads");
    }
    out.made = std::chrono::milliseconds(*made->as<std::int64_t>());
    for (const Value &value : *listed) {
        auto file = fileOf(value);
        if (!file) {
            return Core::failure(std::move(file.error()));
        }
        out.files.push_back(std::move(*file));
    }
    for (const Value &value : *signedHeads) {
        const auto *note = value.as<std::string>();
        if (note == nullptr) {
            return wrong("has a head that is no text");
        }
        out.auditNotes.push_back(*note);
    }
    return out;
}

Core::Result<BackupManifest::File> copyHashed(const std::filesystem::path &to,
                                              const std::function<Core::Result<std::string>(std::uint64_t offset)> &read)
{
    auto file = CipherDb::NewFile::create(to);
    if (!file) {
        return Core::failure(std::move(file.error()));
    }
    BackupManifest::File out;
    out.name = to.filename().string();
    Hasher hasher;
    for (;;) {
        const auto piece = read(out.sizeBytes);
        if (!piece) {
            return Core::failure(piece.error());
        }
        if (piece->empty()) {
            break;
        }
        hasher.add(*piece);
        out.sizeBytes += piece->size();
        if (auto written = file->append(*piece); !written) {
            return Core::failure(std::move(written.error()));
        }
    }
    out.sha256 = hasher.finished();
    return file->finish().map([&] { return out; });
}

Core::Result<BackupManifest::File> copyHashed(const std::filesystem::path &from, const std::filesystem::path &to)
{
    std::ifstream in(from, std::ios::binary);
    if (!in) {
        return Core::failure(Core::makeError(Core::ErrorCode::NotFound, Core::ErrorReason::None,
                                             from.filename().string() + " is missing or cannot be read", Core::Retry::AfterChange));
    }
    return copyHashed(to, [&](std::uint64_t) -> Core::Result<std::string> {
        std::string piece(pieceBytes, '\0');
        in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        piece.resize(static_cast<std::size_t>(in.gcount()));
        if (in.bad()) {
            return Core::failure(Core::unavailable(Core::ErrorReason::StorageIo, "a file of the backup cannot be read"));
        }
        return piece;
    });
}

}  // namespace Satchel::Server
