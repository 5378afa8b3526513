#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The Satchel Authors
"""Checks that read the sources only: arrows between modules, sizes, SPDX lines, unfinished work, folders that the source tree does not explain."""

import re
import subprocess
import sys
from pathlib import Path

# Which modules a module may include. Tests may include anything; nothing may include tests.
ARROWS = {
    "proto": set(),
    "sdk/core": set(),
    "sdk/wire": {"proto", "sdk/core"},
    "sdk/audit": {"sdk/core", "sdk/wire"},
    "sdk/cipherdb": {"sdk/core"},
    "sdk/include": set(),
    "sdk/http": set(),
    "sdk/client": {"sdk/include", "sdk/core", "sdk/wire", "sdk/cipherdb", "sdk/http"},
    "sdk/admin": {"sdk/core", "sdk/wire", "sdk/http"},
    "sdk/models": {"sdk/include"},
    "sdk/qml": {"sdk/include", "sdk/models"},
    "sdk/testing": {"sdk/include", "sdk/client", "sdk/core", "sdk/wire", "sdk/cipherdb", "server-stub"},
    "sdk/cli": {"sdk/include", "sdk/admin", "sdk/cli/inspect", "sdk/cli/auditverify"},
    "sdk/cli/inspect": {"sdk/core", "sdk/wire", "sdk/cipherdb", "sdk/client"},
    "sdk/cli/auditverify": {"sdk/audit", "sdk/core", "sdk/wire"},
    "sdk/schema": set(),
    "sdk/examples": {"sdk/include"},
    "admin-console": {"sdk/admin", "sdk/core", "sdk/wire", "sdk/models"},
    "server-stub": {"sdk/core", "sdk/wire", "sdk/audit", "sdk/cipherdb"},
}
# Folders that an include may be relative to, besides the including file's own.
ROOTS = ("sdk/include", "sdk", "tests", "admin-console", "")
HEADER_LINES_MAX = 250
FILE_LINES_MAX = 800
FUNCTION_LINES_MAX = 70
FOLDER_FILES_MAX = 25
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]')
# A key as Qt's text could be neither wiped nor kept out of swap.
KEY_TEXT = re.compile(r"QString\b.*(key|secret)\w*(\.|->)bytes\(\)|(key|secret)\w*(\.|->)bytes\(\).*\bQString\b", re.IGNORECASE)
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def tracked(*patterns):
    return [Path(line) for line in subprocess.run(["git", "ls-files", *patterns], check=True, capture_output=True, text=True).stdout.splitlines()]


def module_of(path):
    name = str(path)
    return max((module for module in ARROWS if name.startswith(module + "/")), key=len, default=None)


def target_of(path, include):
    """Module, or "tests", that an include reaches; None for the system's."""
    if include.startswith("satchel/v1/"):
        return "proto"
    for root in (path.parent, *map(Path, ROOTS)):
        if (root / include).is_file():
            file = (root / include).resolve().relative_to(Path.cwd())
            return "tests" if file.parts[0] == "tests" else module_of(file)
    return None


def check_arrows(path, lines):
    module = module_of(path)
    if module is None:
        return
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        target = match and target_of(path, match.group(1))
        if target and target != module and target not in ARROWS[module]:
            yield f"{path}:{number}: {module} must not include {target}"
        if match and match.group(1).startswith("Q") and module in ("sdk/core", "sdk/wire", "sdk/audit", "sdk/cipherdb", "server-stub"):
            yield f"{path}:{number}: {module} is plain C++ without Qt"


def check_sizes(path, lines):
    limit = HEADER_LINES_MAX if path.suffix == ".h" else FILE_LINES_MAX
    if len(lines) > limit:
        yield f"{path}: {len(lines)} lines, more than {limit}; split it by aspect"
    # A function's brace has a line of its own, at whatever depth; a class's or namespace's does not.
    start = indent = None
    for number, line in enumerate(lines, 1):
        if start is None and line.strip() == "{":
            start, indent = number, line[: line.index("{")]
        elif start is not None and line.startswith(indent + "}"):
            if number - start - 1 > FUNCTION_LINES_MAX:
                yield f"{path}:{start}: function of {number - start - 1} lines, more than {FUNCTION_LINES_MAX}"
            start = None


def check_text(path, lines):
    head = "\n".join(lines[:4])
    if "SPDX-License-Identifier: Apache-2.0" not in head or "SPDX-FileCopyrightText:" not in head:
        yield f"{path}: the two SPDX lines are missing at the top"
    for number, line in enumerate(lines, 1):
        if UNFINISHED.search(line) and path.name != "check_sources.py":
            yield f"{path}:{number}: unfinished: {line.strip()[:80]}"


def check_keys(path, lines):
    for number, line in enumerate(lines, 1):
        if KEY_TEXT.search(line) and module_of(path):
            yield f"{path}:{number}: key bytes as a QString: {line.strip()[:80]}"


def check_folders(paths):
    explained = Path("docs/source-tree.md").read_text(encoding="utf-8")
    counts = {}
    for path in paths:
        counts.setdefault(path.parent, []).append(path)
    for folder, files in sorted(counts.items()):
        if len(files) > FOLDER_FILES_MAX * 2:
            yield f"{folder}: {len(files)} files, more than {FOLDER_FILES_MAX} pairs of header and source"
        if f"`{folder}/`" not in explained:
            yield f"{folder}: has no line in docs/source-tree.md"


def main():
    sources = tracked("*.h", "*.cpp")
    scripts = tracked("*.py", "*.cmake", "*CMakeLists.txt", "*.proto", "dev", ".ci/*")
    findings = []
    for path in sources:
        lines = path.read_text(encoding="utf-8").splitlines()
        for check in (check_arrows, check_sizes, check_text, check_keys):
            findings.extend(check(path, lines))
    for path in scripts:
        findings.extend(check_text(path, path.read_text(encoding="utf-8").splitlines()))
    findings.extend(check_folders(sources))
    for finding in findings:
        print(finding)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
