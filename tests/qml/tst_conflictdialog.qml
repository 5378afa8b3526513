// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
import QtQuick
import QtTest
import Satchel

TestCase {
    id: testCase
    name: "ConflictDialog"
    width: 480
    height: 400
    visible: true
    when: windowShown

    /// Has what the dialog asks of a Client.
    QtObject {
        id: client
        property var conflicts: []
        property var resolved: []
        function resolve(collection: string, key: string, field: string, candidate: var): void {
            resolved.push([key, field, candidate.value]);
            conflicts = conflicts.slice(1);
        }
    }
    ConflictDialog {
        id: dialog
        client: client
        width: 400
        height: 300
    }

    function conflict(key: string): var {
        return {
            collection: "drafts",
            key: key,
            field: "text",
            candidates: [
                {
                    value: "<b>mine</b>",
                    isRemoval: false,
                    isThisDevice: true,
                    writtenAt: new Date()
                },
                {
                    value: "theirs",
                    isRemoval: false,
                    isThisDevice: false,
                    writtenAt: new Date()
                }
            ]
        };
    }

    function test_choosing_endsOneAfterTheOther() {
        client.conflicts = [conflict("a"), conflict("b")];
        dialog.open();
        tryVerify(() => dialog.opened);
        const candidates = findChild(dialog.contentItem, "candidates");
        compare(candidates.count, 2);
        compare(candidates.itemAt(0).text, "<b>mine</b>");
        mouseClick(candidates.itemAt(1));
        compare(client.resolved, [["a", "text", "theirs"]]);
        verify(dialog.opened);
        compare(dialog.conflict.key, "b");
        mouseClick(candidates.itemAt(0));
        compare(client.resolved.length, 2);
        tryVerify(() => !dialog.opened);
    }
}
