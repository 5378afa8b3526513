// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "support/serverprocess.h"

#include <Satchel/json.h>

#include <QFile>
#include <QProcess>
#include <QProcessEnvironment>
#include <QStringList>
#include <QTemporaryDir>

#include <initializer_list>

namespace Satchel::Test {

inline QStringList list(std::initializer_list<const char *> words)
{
    QStringList result;
    for (const char *word : words) {
        result.append(QString::fromUtf8(word));
    }
    return result;
}

/// What one run of `satchel` ended with.
struct CliRun {
    int exitCode = -1;
    QByteArray out;
    QByteArray err;

    /// Standard output's lines as JSON objects; one that is none is an empty map.
    [[nodiscard]] QList<QVariantMap> records() const
    {
        QList<QVariantMap> list;
        for (const QByteArray &line : out.split('\n')) {
            if (!line.isEmpty()) {
                list.append(fromJson(line).value_or(QVariantMap()));
            }
        }
        return list;
    }
    /// Of the one error of a run with --json.
    [[nodiscard]] QVariantMap error() const
    {
        return fromJson(err.trimmed()).value_or(QVariantMap()).value(QStringLiteral("error")).toMap();
    }
};

/// `satchel` as one device of a user: a store of its own, and nothing of this process's environment that `satchel` looks at.
class Cli {
public:
    explicit Cli(QStringList options = {})
        : m_options(std::move(options))
    {
    }

    [[nodiscard]] CliRun run(const QStringList &arguments, const QByteArray &input = {}) const
    {
        QProcess process;
        prepare(process, arguments);
        return run(process, input);
    }
    /// A process that prepare() has set up.
    [[nodiscard]] static CliRun run(QProcess &process, const QByteArray &input = {})
    {
        process.start();
        process.write(input);
        process.closeWriteChannel();
        if (!process.waitForFinished(60000)) {
            process.kill();
            process.waitForFinished();
            return {-1, process.readAllStandardOutput(), "did not end\n" + process.readAllStandardError()};
        }
        return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1, process.readAllStandardOutput(),
                process.readAllStandardError()};
    }

    /// Sets up a run that goes on until it is ended.
    void prepare(QProcess &process, const QStringList &arguments) const
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const QString &name : environment.keys()) {
            if (name.startsWith(QStringLiteral("SATCHEL_"))) {
                environment.remove(name);
            }
        }
        environment.insert(QStringLiteral("SATCHEL_USER"), QStringLiteral("anna"));
        environment.insert(QStringLiteral("SATCHEL_STORE"), m_folder.path());
        process.setProcessEnvironment(environment);
        process.setProgram(ServerProcess::program(QStringLiteral("satchel")));
        process.setArguments(m_options + arguments);
    }

    /// A file beside the store.
    [[nodiscard]] QString file(const QString &name, const QByteArray &content) const
    {
        QFile file(m_folder.filePath(name));
        return file.open(QIODevice::WriteOnly) && file.write(content) == content.size() ? file.fileName() : QString();
    }

private:
    QTemporaryDir m_folder;
    QStringList m_options;
};

}  // namespace Satchel::Test
