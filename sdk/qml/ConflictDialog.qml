// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
import QtQuick
import QtQuick.Controls
import QtQuick.Layouts

/// Shows the open conflicts of `client`, one after the other, and ends each with the value that the user picks. Closes when none is left.
Dialog {
    id: dialog

    /// A Client, or anything with its `conflicts` and `resolve()`.
    required property var client
    readonly property var conflicts: client ? client.conflicts : []
    /// The one that is shown.
    property int current: 0
    readonly property var conflict: current < conflicts.length ? conflicts[current] : null

    /// Text of a value, for people; set it to show values in the app's own way.
    property var textOf: value => typeof value === "object" ? JSON.stringify(value) : String(value)

    function choose(candidate: var): void {
        const settled = dialog.conflict;
        dialog.client.resolve(settled.collection, settled.key, settled.field, candidate);
    }

    title: conflict ? qsTr("Which one is right? (%1 of %2)").arg(current + 1).arg(conflicts.length) : ""
    modal: true
    standardButtons: Dialog.Close
    onConflictsChanged: {
        current = Math.max(0, Math.min(current, conflicts.length - 1));
        if (conflicts.length === 0)
            close();
    }

    ColumnLayout {
        anchors.fill: parent
        spacing: 12

        Label {
            Layout.fillWidth: true
            text: dialog.conflict ? qsTr("“%1” of %2 was changed in several places.").arg(dialog.conflict.field).arg(dialog.conflict.key) : ""
            textFormat: Text.PlainText
            wrapMode: Text.Wrap
        }
        Repeater {
            id: candidates
            objectName: "candidates"
            model: dialog.conflict ? dialog.conflict.candidates : []

            delegate: Button {
                id: candidate
                required property var modelData
                readonly property string origin: (modelData.isThisDevice ? qsTr("this device") : qsTr("another device")) + ", " + Qt.formatDateTime(modelData.writtenAt)

                Layout.fillWidth: true
                // qmllint disable unqualified
                text: modelData.isRemoval ? qsTr("Remove it") : dialog.textOf(modelData.value)
                onClicked: dialog.choose(modelData)
                // qmllint enable unqualified
                Accessible.description: origin
                contentItem: ColumnLayout {
                    Label {
                        Layout.fillWidth: true
                        text: candidate.text
                        textFormat: Text.PlainText
                        elide: Text.ElideRight
                    }
                    Label {
                        Layout.fillWidth: true
                        text: candidate.origin
                        textFormat: Text.PlainText
                        opacity: 0.7
                    }
                }
            }
        }
        Button {
            Layout.alignment: Qt.AlignRight
            flat: true
            visible: dialog.conflicts.length > 1
            text: qsTr("Decide later")
            onClicked: dialog.current = (dialog.current + 1) % dialog.conflicts.length
        }
    }
}
