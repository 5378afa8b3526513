// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
import QtQuick
import QtTest
import Satchel

TestCase {
    id: testCase
    name: "StateDocument"

    Client {
        id: local
        user: "anna"
        passphrase: "correct horse battery staple"
        storeFolder: "home/document-" + Date.now()
    }
    StateDocument {
        id: editor
        client: local
        collection: "preferences"
        key: "editor"
        defaults: ({
                theme: "light",
                fontSize: 12,
                tags: []
            })
    }
    property string shownTheme: editor.values.theme
    SignalSpy {
        id: changes
        target: editor
        signalName: "changed"
    }

    function initTestCase() {
        tryVerify(() => local.open);
        compare(local.errorMessage, "");
    }

    function cleanup() {
        editor.remove();
        tryVerify(() => !editor.exists);
    }

    function test_binding_showsDefaultThenWhatIsAssigned() {
        compare(shownTheme, "light");
        verify(!editor.exists);
        editor.values.theme = "dark";
        tryCompare(testCase, "shownTheme", "dark");
        tryVerify(() => editor.exists);
        verify(editor.pending);
        compare(local.why("preferences", "editor").cause, "LocalOnly");
    }

    Component {
        id: lateClient
        Client {
            user: "bert"
            passphrase: "correct horse battery staple"
            storeFolder: "home/late-" + Date.now()
        }
    }
    Component {
        id: lateDocument
        StateDocument {
            collection: "preferences"
            key: "editor"
            defaults: ({
                    theme: "light"
                })
        }
    }
    function test_assign_beforeTheClientIsOpen_isWrittenThen() {
        const late = createTemporaryObject(lateDocument, testCase);
        late.client = createTemporaryObject(lateClient, testCase);
        late.values.theme = "dark";
        verify(!late.exists);
        tryVerify(() => late.exists);
        compare(late.values.theme, "dark");
    }

    function isGone(object: var): bool {
        try {
            return object.user === undefined;
        } catch (error) {
            return true;
        }
    }
    function test_client_destroyedWithAWriteUnderWay() {
        const late = lateClient.createObject(testCase);
        tryVerify(() => late.open);
        late.update("preferences", "editor", {
            theme: "dark"
        });
        late.destroy();
        tryVerify(() => isGone(late));
    }

    function test_binding_followsOtherWriters() {
        local.update("preferences", "editor", {
            theme: "sepia",
            fontSize: 20
        });
        tryCompare(testCase, "shownTheme", "sepia");
        compare(editor.values.fontSize, 20);
    }

    function test_binding_removed_showsDefaultAgain() {
        editor.values.theme = "dark";
        tryVerify(() => editor.exists);
        editor.remove();
        tryCompare(testCase, "shownTheme", "light");
    }

    function test_assign_whatCannotBeKept_isShownAsItWas() {
        editor.values.theme = "dark";
        tryVerify(() => editor.exists);
        editor.values.theme = "x".repeat(300000);
        tryCompare(testCase, "shownTheme", "dark");
        tryVerify(() => local.errorMessage !== "");
    }

    function test_assign_listsAndMaps_areKept() {
        editor.values.tags = ["a", {
                b: 1
            }];
        tryVerify(() => editor.exists);
        compare(editor.values.tags[1].b, 1);
    }

    function test_key_another_showsAnotherDocument() {
        local.set("preferences", "terminal", {
            theme: "green"
        });
        editor.key = "terminal";
        tryCompare(testCase, "shownTheme", "green");
        local.remove("preferences", "terminal");
        editor.key = "editor";
        tryCompare(testCase, "shownTheme", "light");
    }
}
