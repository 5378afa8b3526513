#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The Satchel Authors
"""Every library that the built programs link must be on the list of known licences; a GPL-only one never is.

Usage: check_licences.py BUILD_FOLDER
"""

import re
import subprocess
import sys
from pathlib import Path

# Shared object name (without version) -> licence under which we link it.
KNOWN = {
    "libSatchel": "Apache-2.0",
    "libQt6Core": "LGPL-3.0-only", "libQt6Network": "LGPL-3.0-only", "libQt6WebSockets": "LGPL-3.0-only", "libQt6Gui": "LGPL-3.0-only",
    "libQt6DBus": "LGPL-3.0-only", "libqt6keychain": "BSD-2-Clause",
    "libQt6Widgets": "LGPL-3.0-only", "libQt6Svg": "LGPL-3.0-only", "libQt6Test": "LGPL-3.0-only", "libQt6Concurrent": "LGPL-3.0-only",
    "libprotobuf": "BSD-3-Clause", "libsqlcipher": "BSD-3-Clause", "libsodium": "ISC", "libssl": "Apache-2.0", "libcrypto": "Apache-2.0",
    "libzstd": "BSD-3-Clause", "libbenchmark": "Apache-2.0", "libstdc++": "GPL-3.0-with-GCC-exception", "libgcc_s": "GPL-3.0-with-GCC-exception",
    "libc": "LGPL-2.1-or-later", "libm": "LGPL-2.1-or-later", "libpthread": "LGPL-2.1-or-later", "ld-linux-x86-64": "LGPL-2.1-or-later",
    "ld-linux-aarch64": "LGPL-2.1-or-later",
}


def needed(binary):
    out = subprocess.run(["readelf", "-d", str(binary)], capture_output=True, text=True, check=True).stdout
    return re.findall(r"\(NEEDED\).*\[([^\]]+)\]", out)


def main():
    build = Path(sys.argv[1])
    binaries = [path for folder in ("bin", "lib") for path in sorted((build / folder).glob("*")) if path.is_file()]
    unknown = sorted({(path.name, name) for path in binaries for name in needed(path) if re.split(r"\.so", name)[0] not in KNOWN})
    for path, name in unknown:
        print(f"{path} links {name}, whose licence is not on the list")
    print(f"{len(binaries)} programs and libraries read")
    return 1 if unknown or not binaries else 0


if __name__ == "__main__":
    sys.exit(main())
