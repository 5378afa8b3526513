// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QString>
#include <QStringList>

namespace Satchel::Test {

/// Packages of npm for a test, as "name@1.2.3", in a folder of the build tree where they stay. False where npm does not bring them.
[[nodiscard]] bool haveNpmPackages(const QString &folder, const QStringList &packages);

}  // namespace Satchel::Test
