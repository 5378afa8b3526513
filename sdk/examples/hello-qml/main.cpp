// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
//
// An app in QML: shows Main.qml, or the file that it is given, to which `session.token` is the signed-in user's token.

#include <QGuiApplication>
#include <QObject>
#include <QQmlApplicationEngine>
#include <QQmlContext>

/// Where a real app would sign in.
class Session : public QObject {
    Q_OBJECT
    Q_PROPERTY(QString token READ token CONSTANT)

public:
    [[nodiscard]] QString token() const { return qEnvironmentVariable("SATCHEL_TOKEN"); }
};

int main(int argc, char **argv)
{
    QGuiApplication app(argc, argv);
    Session session;
    QQmlApplicationEngine engine;
    engine.addImportPath(QStringLiteral(SATCHEL_QML_IMPORT_PATH));
    engine.rootContext()->setContextProperty(QStringLiteral("session"), &session);
    QObject::connect(&engine, &QQmlApplicationEngine::quit, &app, &QGuiApplication::quit);
    engine.load(argc > 1 ? QUrl::fromLocalFile(app.arguments().at(1)) : QUrl::fromLocalFile(QStringLiteral("Main.qml")));
    return engine.rootObjects().isEmpty() ? 1 : app.exec();
}

#include "main.moc"
