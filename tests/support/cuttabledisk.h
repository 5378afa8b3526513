// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QString>

namespace Satchel::Test {

/// A small ext4 file system on a loop device whose power can be cut: what was not synced by then is gone. Needs root, loop devices and
/// mkfs.ext4.
class CuttableDisk {
public:
    /// Makes and mounts it; its image and its mount point lie in this folder.
    explicit CuttableDisk(const QString &folder);
    ~CuttableDisk();
    CuttableDisk(const CuttableDisk &) = delete;
    CuttableDisk &operator=(const CuttableDisk &) = delete;

    /// Why there is none, for QSKIP; empty if there is one.
    [[nodiscard]] QString whyNot() const { return m_whyNot; }
    [[nodiscard]] QString path() const { return m_point; }

    /// Ends all writing at once and throws away the journal's unwritten part. False, with whyNot(), if the file system cannot do that.
    [[nodiscard]] bool cutPower();
    /// Power is back: mounts what is left. Nobody may have a file open on it any more.
    [[nodiscard]] bool remount();

    /// How often a test is to cut: as often as the environment variable SATCHEL_POWER_CUTS says, else `thorough` times where
    /// SATCHEL_THOROUGH is set, as it is in CI, else `usual` times.
    [[nodiscard]] static int rounds(int usual, int thorough);

private:
    [[nodiscard]] bool mount();

    QString m_image;
    QString m_point;
    QString m_whyNot;
    bool m_isMounted = false;
};

}  // namespace Satchel::Test
