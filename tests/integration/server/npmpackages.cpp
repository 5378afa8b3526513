// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "npmpackages.h"

#include <QDir>
#include <QFile>
#include <QProcess>

#include <algorithm>

namespace Satchel::Test {

bool haveNpmPackages(const QString &folder, const QStringList &packages)
{
    const auto isInstalled = [&] {
        return std::all_of(packages.begin(), packages.end(), [&](const QString &package) {
            return QFile::exists(folder + QStringLiteral("/node_modules/") + package.left(package.lastIndexOf(u'@')) +
                                 QStringLiteral("/package.json"));
        });
    };
    if (isInstalled()) {
        return true;
    }
    if (!QDir().mkpath(folder)) {
        return false;
    }
    QProcess npm;
    npm.setWorkingDirectory(folder);
    npm.start(QStringLiteral("npm"),
              QStringList{QStringLiteral("install"), QStringLiteral("--no-save"), QStringLiteral("--no-audit"), QStringLiteral("--no-fund"),
                          QStringLiteral("--ignore-scripts"), QStringLiteral("--fetch-retries=0"), QStringLiteral("--prefix"), folder} +
                  packages);
    if (!npm.waitForFinished(90'000)) {
        npm.kill();
        npm.waitForFinished();
    }
    return isInstalled();
}

}  // namespace Satchel::Test
