// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "wire/adminmessages.h"

#include <QFrame>

namespace Satchel::Console {

/// One of the values side by side: its letter, the whole value, who wrote it, and both clocks.
class ValueCard : public QFrame {
    Q_OBJECT

public:
    enum class Role { Base, Shown, Waiting, Overwritten };

    /// The value that the writers had in common; none: there was none, it is no longer known, or it is masked.
    ValueCard(const std::optional<Core::Value> &base, bool isMasked, QWidget *parent = nullptr);
    ValueCard(const Wire::Admin::SiblingView &sibling, const QString &letter, Role role, QWidget *parent = nullptr);

private:
    void build(const QString &letter, const QString &heading, Role role, const QString &value, bool isPlaceholder);
    void addClocks(const Wire::Admin::SiblingView &sibling);
};

}  // namespace Satchel::Console
