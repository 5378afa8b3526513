// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
import QtQuick
import QtQuick.Controls
import Satchel

ApplicationWindow {
    visible: true
    width: 320
    height: 120
    title: qsTr("Hello, Satchel")

    Client {
        id: anna
        serverUrl: "http://127.0.0.1:8080"
        user: "anna"
        token: session.token
    }
    StateDocument {
        id: editor
        client: anna
        collection: "preferences"
        key: "editor"
        defaults: ({
                theme: "light"
            })
    }
    Switch {
        anchors.centerIn: parent
        text: editor.pending ? qsTr("Dark (not sent yet)") : qsTr("Dark")
        checked: editor.values.theme === "dark"
        onToggled: editor.values.theme = checked ? "dark" : "light"
    }
}
