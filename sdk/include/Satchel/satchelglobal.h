// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#pragma once

#include <QtCore/qglobal.h>

/// Marks what the shared library exports. SATCHEL_LIBRARY is defined while Satchel itself is compiled, SATCHEL_STATIC by programs that link
/// its static modules.
#if defined(SATCHEL_LIBRARY)
#define SATCHEL_EXPORT Q_DECL_EXPORT
#elif defined(SATCHEL_STATIC)
#define SATCHEL_EXPORT
#else
#define SATCHEL_EXPORT Q_DECL_IMPORT
#endif
