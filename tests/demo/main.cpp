// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "report.h"
#include "story.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFile>

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("Two devices, a server, faults, and a report of what held."));
    parser.addHelpOption();
    parser.addOption({QStringLiteral("import"), QStringLiteral("JSON or JSON Lines file of documents to begin with."),
                      QStringLiteral("FILE"), QStringLiteral(SATCHEL_DEMO_DOCUMENTS)});
    parser.addOption(
        {QStringLiteral("key-field"), QStringLiteral("FILE holds plain documents, and this field is their key."), QStringLiteral("NAME")});
    parser.addOption(
        {QStringLiteral("screenshots"), QStringLiteral("Leave pictures of the console in this folder."), QStringLiteral("FOLDER")});
    parser.addOption(
        {QStringLiteral("skip-if-missing"), QStringLiteral("End with code 77, which ctest takes for a skip, if FILE is not there.")});
    parser.addOption({QStringLiteral("open-console"), QStringLiteral("Open the console at the end.")});
    parser.process(app);

    if (parser.isSet(QStringLiteral("skip-if-missing")) && !QFile::exists(parser.value(QStringLiteral("import")))) {
        qInfo("skipped: %s is not there", qPrintable(parser.value(QStringLiteral("import"))));
        return 77;
    }
    Satchel::Demo::Report report;
    Satchel::Demo::StoryOptions options;
    options.importFile = parser.value(QStringLiteral("import"));
    options.keyField = parser.value(QStringLiteral("key-field"));
    options.screenshotFolder = parser.value(QStringLiteral("screenshots"));
    options.isConsoleOpened = parser.isSet(QStringLiteral("open-console"));
    Satchel::Demo::Story story(options, report);
    story.run();
    return report.finish();
}
