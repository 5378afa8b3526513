// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
import QtQuick
import Satchel

/// Something with properties that are kept.
Item {
    id: kept

    property alias client: settings.client
    property alias settings: settings
    property alias recent: settings.recent
    property alias title: settings.title
    property alias size: settings.size

    Settings {
        id: settings
        category: "window"
        property int size: 640
        property string title: "untitled"
        property var recent: []
        property alias scale: kept.scale
    }
}
