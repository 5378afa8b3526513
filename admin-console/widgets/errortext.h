// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include "core/error.h"

#include <QString>

namespace Satchel::Console {

/// A failure in words for the person at the console: what happened, and what to do about it.
struct ErrorText {
    enum class Kind {
        Refused,      ///< the server knows the operator and says no
        SignedOut,    ///< the token is missing, wrong or expired
        Unreachable,  ///< nobody, or somebody else, answered
        NotThere,     ///< what was asked for does not exist
        Failed,       ///< everything else
    };
    Kind kind = Kind::Failed;
    QString title;
    QString hint;
    /// For a report: code, reason, detail.
    QString technical;
};

[[nodiscard]] ErrorText describeError(const Core::Error &error);
/// Whether a failure says that the server is gone rather than that the call was wrong.
[[nodiscard]] bool isUnreachable(const Core::Error &error);

}  // namespace Satchel::Console
