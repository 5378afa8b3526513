// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
import QtQuick
import QtTest
import Satchel

TestCase {
    id: testCase
    name: "CollectionModel"

    component TaskRow: Item {
        required property string title
        required property string key
    }

    Client {
        id: local
        user: "anna"
        passphrase: "correct horse battery staple"
        storeFolder: "home/model-" + Date.now()
    }
    CollectionModel {
        id: open
        client: local
        collection: "tasks"
        where: [["done", "==", false]]
        orderBy: ["-due"]
        limit: 2
        fields: ["title", "due"]
    }
    Repeater {
        id: rows
        model: open
        delegate: TaskRow {
        }
    }

    /// Without types, which tools would look for in vain: what a row has is the model's.
    function rowAt(row: int): var {
        return rows.itemAt(row);
    }
    function documentAt(row: int): var {
        return open.get(row);
    }

    function initTestCase() {
        tryVerify(() => local.open);
        for (let i = 0; i < 4; ++i)
            local.set("tasks", "t" + i, {
                title: "task " + i,
                due: i,
                done: i === 2
            });
        tryCompare(open, "count", 2);
    }

    function test_rows_areTheQuerys() {
        compare(rowAt(0).title, "task 3");
        compare(rowAt(1).key, "t1");
        compare(documentAt(0).due, 3);
        compare(open.indexOf("t1"), 1);
    }

    function test_where_changed_asksAnew() {
        open.where = [["title", "beginsWith", "task"], ["due", "<", 2]];
        tryCompare(open, "count", 2);
        compare(open.key(0), "t1");
        open.where = [["done", "==", false]];
        tryVerify(() => open.key(0) === "t3");
    }

    function test_where_wrong_saysSo() {
        open.where = [["due", "about", 3]];
        verify(open.errorMessage.includes("beginsWith"));
        compare(open.count, 0);
        open.where = [["done", "==", false]];
        compare(open.errorMessage, "");
        tryCompare(open, "count", 2);
    }

    function test_syncStatus_hasNames() {
        compare(local.syncStatus.state, SyncStatus.Offline);
        compare(local.syncStatus.pendingCount, 4);
    }
}
