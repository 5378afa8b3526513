// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "connection_p.h"

#include <filesystem>
#include <memory>

namespace Satchel::CipherDb {

/// Opens one connection: decides from the files that are there what state the store is in, before SQLite touches any of them.
class Opener {
public:
    Opener(const OpenOptions &options, const StoreKey &key);
    [[nodiscard]] Core::Result<std::unique_ptr<Connection>> open();

private:
    enum class Record : std::uint8_t { Missing, Damaged, Right, Wrong };

    [[nodiscard]] Core::Result<void> inspect();
    [[nodiscard]] Core::Result<void> inspectRecords();
    [[nodiscard]] Core::Result<void> takeLock();
    [[nodiscard]] Core::Result<void> prepareFiles();
    [[nodiscard]] Core::Result<void> connect(bool isAlone);
    [[nodiscard]] Core::Result<void> applyKey();
    [[nodiscard]] Core::Result<void> proveKey();
    [[nodiscard]] Core::Result<void> configure();
    [[nodiscard]] Core::Result<void> configureJournal();
    [[nodiscard]] Core::Result<void> checkWal();
    [[nodiscard]] Core::Result<void> keepRecord();
    [[nodiscard]] Core::Result<void> tryOpen(bool isAlone);
    [[nodiscard]] Core::Result<void> openForInspection();
    [[nodiscard]] bool isInspector() const { return m_options.role == Role::Inspector; }
    [[nodiscard]] bool isReader() const { return m_options.role == Role::Reader || isInspector(); }

    const OpenOptions &m_options;
    const StoreKey &m_key;
    FileSystem &m_files;
    std::filesystem::path m_path;
    std::filesystem::path m_recordPath;
    std::unique_ptr<Connection> m_connection;
    Record m_record = Record::Missing;
    std::string m_recordSalt;
    std::string m_rekeyedRecord;    ///< of a change of keys that was cut short, see rekey.h; empty: none
    bool m_isRekeyedRight = false;  ///< it is this key's
    bool m_isNew = false;
    bool m_hasWal = false;
};

}  // namespace Satchel::CipherDb
