// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "check.h"

#include <QByteArray>
#include <QTest>

#include <rapidcheck.h>

#include <random>

namespace Satchel::Core::Testing {

namespace {

/// Words at the start of a script set it up, the others are steps.
constexpr int scriptWordsMax = 24;

}  // namespace

void prepareChecks()
{
    QByteArray params = qgetenv("RC_PARAMS");
    if (!params.contains("seed=") && !params.contains("reproduce=")) {
        std::random_device entropy;
        params += " seed=" + QByteArray::number((quint64(entropy()) << 32U) | entropy());
    }
    if (!params.contains("max_success="))
        params += " max_success=10000";
    qputenv("RC_PARAMS", params.trimmed());
}

bool holds(const char *law, const std::function<void(const std::vector<std::uint32_t> &script, std::uint32_t dice)> &property)
{
    const char *row = QTest::currentDataTag();
    qInfo("%s (%s): RC_PARAMS=\"%s\"", law, row == nullptr ? "all" : row, qgetenv("RC_PARAMS").constData());
    return rc::check(law, [&property] {
        const auto word = rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint32_t>(0, 1U << 31U));
        const auto script = *rc::gen::resize(scriptWordsMax, rc::gen::container<std::vector<std::uint32_t>>(word));
        property(script, *word);
    });
}

void require(bool isTrue, const char *what, const History &history)
{
    if (isTrue)
        return;
    RC_LOG() << describe(history);
    RC_FAIL(what);
}

void addRulesRows()
{
    QTest::addColumn<int>("rules");
    QTest::newRow("merge") << int(Rules::Merge);
    QTest::newRow("last_writer") << int(Rules::LastWriter);
    QTest::newRow("manual") << int(Rules::Manual);
    QTest::newRow("custom") << int(Rules::Custom);
    QTest::newRow("strong") << int(Rules::Strong);
}

}  // namespace Satchel::Core::Testing
