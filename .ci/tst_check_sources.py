#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The Satchel Authors
"""check_sources.py finds what it is there for: each bad sample, in a tree of its own, must be named, and a good one must not."""

import subprocess
import sys
import tempfile
from pathlib import Path

CHECK = Path(__file__).with_name("check_sources.py")
HEAD = "// SPDX-License-Identifier: Apache-2.0\n// SPDX-FileCopyrightText: 2026 The Satchel Authors\n"
LONG = "".join(f"    int line{n} = {n};\n" for n in range(80))
# Name of the sample: (text of sdk/core/sample.cpp, what must be said of it; nothing if it is good).
SAMPLES = {
    "good": (HEAD + '#include "value.h"\n', None),
    "core includes wire": (HEAD + '#include "wire/json.h"\n', "must not include sdk/wire"),
    "core includes wire by path": (HEAD + '#include "../wire/json.h"\n', "must not include sdk/wire"),
    "core includes a test": (HEAD + '#include "support/rig.h"\n', "must not include tests"),
    "core includes a test by path": (HEAD + '#include "tests/support/rig.h"\n', "must not include tests"),
    "core includes Qt": (HEAD + "#include <QString>\n", "without Qt"),
    "no licence": ("int x;\n", "SPDX"),
    "unfinished": (HEAD + "// TO" + "DO: later\n", "unfinished"),
    "key as text": (HEAD + "auto text = QString::fromLatin1(hex(storeKey.bytes()));\n", "key bytes as a QString"),
    "key as bytes": (HEAD + "auto copy = other(storeKey.bytes());\n", None),
    "long file": (HEAD + "\n" * 900, "split it by aspect"),
    "long function": (HEAD + "void f()\n{\n" + LONG + "}\n", "function of 80 lines"),
    "long method in a class": (HEAD + "class A {\n    void f()\n    {\n" + LONG + "    }\n};\n", "function of 80 lines"),
}


def findings(folder, text):
    for name in ("sdk/core/value.h", "sdk/wire/json.h", "tests/support/rig.h"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(HEAD, encoding="utf-8")
    (folder / "docs").mkdir(exist_ok=True)
    (folder / "docs/source-tree.md").write_text("`sdk/core/` `sdk/wire/` `tests/support/`\n", encoding="utf-8")
    (folder / "sdk/core/sample.cpp").write_text(text, encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    return subprocess.run([sys.executable, CHECK], cwd=folder, check=False, capture_output=True, text=True).stdout


def main():
    missed = 0
    for name, (text, wanted) in SAMPLES.items():
        with tempfile.TemporaryDirectory() as folder:
            said = findings(Path(folder), text)
        if (wanted or "") not in said or (wanted is None and said):
            missed += 1
            print(f"{name}: wanted {wanted!r}, said {said!r}")
    print(f"{len(SAMPLES)} samples, {missed} wrong")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
