// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
import QtQuick
import QtTest
import Satchel

TestCase {
    id: testCase
    name: "Settings"

    Client {
        id: local
        user: "anna"
        passphrase: "correct horse battery staple"
        storeFolder: "home/settings-" + Date.now()
    }
    Component {
        id: keptWindow
        KeptWindow {}
    }
    Component {
        id: lateClient
        Client {
            user: "bert"
            passphrase: "correct horse battery staple"
            storeFolder: "home/late-settings-" + Date.now()
        }
    }

    function newWindow(client: var): var {
        return createTemporaryObject(keptWindow, testCase, {
            client: client
        });
    }

    function initTestCase() {
        tryVerify(() => local.open);
    }

    function test_properties_areKept() {
        const first = newWindow(local);
        compare(first.size, 640);
        first.size = 800;
        first.recent = ["a.txt", "b.txt"];
        first.scale = 2;

        const second = newWindow(local);
        compare(second.size, 800);
        compare(second.recent, ["a.txt", "b.txt"]);
        compare(second.scale, 2);
        compare(second.settings.value("size"), 800);
    }

    function test_otherWriters_changeTheProperty() {
        const first = newWindow(local);
        const second = newWindow(local);
        second.title = "from elsewhere";
        tryCompare(first, "title", "from elsewhere");
    }

    function test_value_withoutProperty() {
        const settings = newWindow(local).settings;
        compare(settings.value("nothing", 7), 7);
        settings.setValue("language", "de");
        compare(settings.value("language"), "de");
        settings.sync();
    }

    function test_changedBeforeOpening_wins() {
        const late = createTemporaryObject(lateClient, testCase);
        const first = newWindow(late);
        first.size = 320;
        verify(!late.open);
        tryVerify(() => late.open);
        compare(first.settings.value("size"), 320);
        compare(newWindow(late).size, 320);
    }
}
