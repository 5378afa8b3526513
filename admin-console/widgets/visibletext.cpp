// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "visibletext.h"

namespace Satchel::Console {

namespace {

constexpr qsizetype toolTipCharactersMax = 2000;

enum class Lines { Joined, Kept };

bool isUnseen(char32_t c)
{
    switch (QChar::category(c)) {
    case QChar::Other_Control:
    case QChar::Other_Format:
    case QChar::Other_Surrogate:
    case QChar::Other_PrivateUse:
    case QChar::Other_NotAssigned:
    case QChar::Separator_Line:
    case QChar::Separator_Paragraph:
        return true;
    default:
        break;
    }
    // Drawn as nothing by most fonts although they are letters or spaces.
    return c == 0x00a0 || c == 0x115f || c == 0x1160 || c == 0x3164 || c == 0xffa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x3000;
}

QString visible(const QString &text, qsizetype charactersMax, Lines lines)
{
    QString shown;
    shown.reserve(qMin(text.size(), charactersMax) + 1);
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (shown.size() >= charactersMax) {
            shown += QChar(0x2026);
            break;
        }
        char32_t c = text.at(i).unicode();
        if (text.at(i).isHighSurrogate() && i + 1 < text.size() && text.at(i + 1).isLowSurrogate()) {
            c = QChar::surrogateToUcs4(text.at(i), text.at(i + 1));
            ++i;
        }
        if (lines == Lines::Kept && (c == U'\n' || c == U'\t')) {
            shown += QChar(static_cast<char16_t>(c));
        } else if (c == U'\n') {
            shown += QChar(0x21b5);
        } else if (c == U'\t') {
            shown += QChar(0x21e5);
        } else if (isUnseen(c)) {
            shown += QChar(0x27e8) + QString::number(static_cast<uint>(c), 16).toUpper().rightJustified(4, u'0') + QChar(0x27e9);
        } else {
            shown += QString::fromUcs4(&c, 1);
        }
    }
    return shown;
}

}  // namespace

QString fromUtf8(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString visibleLine(QString text, qsizetype charactersMax)
{
    return visible(text, charactersMax, Lines::Joined);
}

QString visibleBlock(QString text, qsizetype charactersMax)
{
    return visible(text, charactersMax, Lines::Kept);
}

QString plainToolTip(const QString &text)
{
    if (text.isEmpty()) {
        return {};
    }
    return QStringLiteral("<div style=\"white-space:pre-wrap\">%1</div>").arg(visibleBlock(text, toolTipCharactersMax).toHtmlEscaped());
}

}  // namespace Satchel::Console
