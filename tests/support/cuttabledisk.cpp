// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "support/cuttabledisk.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QStringList>

#include <cstdint>

#include <fcntl.h>
#include <linux/ioctl.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace Satchel::Test {

namespace {

constexpr qint64 imageBytes = qint64{48} * 1024 * 1024;

bool succeeds(const QString &program, const QStringList &arguments)
{
    QProcess process;
    process.start(program, arguments);
    return process.waitForFinished(60000) && process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
}

QString systemProgram(const QString &name)
{
    const QString found = QStandardPaths::findExecutable(name);
    return found.isEmpty() ? QStandardPaths::findExecutable(name, {QStringLiteral("/usr/sbin"), QStringLiteral("/sbin")}) : found;
}

}  // namespace

CuttableDisk::CuttableDisk(const QString &folder)
    : m_image(QDir(folder).filePath(QStringLiteral("disk.img")))
    , m_point(QDir(folder).filePath(QStringLiteral("disk")))
{
    const QString maker = systemProgram(QStringLiteral("mkfs.ext4"));
    QFile file(m_image);
    if (::geteuid() != 0) {
        m_whyNot = QStringLiteral("A loop device cannot be had without root.");
    } else if (maker.isEmpty()) {
        m_whyNot = QStringLiteral("There is no mkfs.ext4.");
    } else if (!QDir().mkpath(m_point) || !file.open(QIODevice::WriteOnly) || !file.resize(imageBytes) ||
               !succeeds(maker, {QStringLiteral("-q"), m_image})) {
        m_whyNot = QStringLiteral("No file system can be made here.");
    } else if (!mount()) {
        m_whyNot = QStringLiteral("A loop device cannot be mounted here.");
    }
}

CuttableDisk::~CuttableDisk()
{
    if (m_isMounted) {
        succeeds(QStringLiteral("umount"), {m_point});
    }
}

bool CuttableDisk::mount()
{
    m_isMounted = succeeds(QStringLiteral("mount"), {QStringLiteral("-o"), QStringLiteral("loop"), m_image, m_point});
    return m_isMounted;
}

bool CuttableDisk::cutPower()
{
    // The number and the flag of ext4 and XFS.
    constexpr auto shutdownRequest = _IOR('X', 125, std::uint32_t);
    std::uint32_t withoutFlushingTheLog = 2;
    const int descriptor = ::open(QFile::encodeName(m_point).constData(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool isCut = descriptor >= 0 && ::ioctl(descriptor, shutdownRequest, &withoutFlushingTheLog) == 0;
    if (descriptor >= 0) {
        ::close(descriptor);
    }
    if (!isCut) {
        m_whyNot = QStringLiteral("This file system cannot be shut down.");
    }
    return isCut;
}

bool CuttableDisk::remount()
{
    return succeeds(QStringLiteral("umount"), {m_point}) && mount();
}

int CuttableDisk::rounds(int usual, int thorough)
{
    bool isNumber = false;
    const int wanted = qEnvironmentVariableIntValue("SATCHEL_POWER_CUTS", &isNumber);
    if (isNumber && wanted > 0) {
        return wanted;
    }
    return qEnvironmentVariableIsSet("SATCHEL_THOROUGH") ? thorough : usual;
}

}  // namespace Satchel::Test
