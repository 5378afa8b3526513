// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "tokens.h"

namespace Satchel::Console {

namespace {

QColor rgb(QRgb value)
{
    return QColor::fromRgb(value);
}

Tokens makeLight()
{
    return {
        .window = rgb(0xf5f6f8),
        .surface = rgb(0xffffff),
        .raised = rgb(0xfafbfc),
        .border = rgb(0xe3e6eb),
        .borderStrong = rgb(0xc6cdd6),
        .text = rgb(0x18212d),
        .muted = rgb(0x5a6675),
        .accent = rgb(0x2456d3),
        .onAccent = rgb(0xffffff),
        .accentSoft = rgb(0xe6edfc),
        .good = rgb(0x14703f),
        .goodSoft = rgb(0xdff3e7),
        .warning = rgb(0x8a5300),
        .warningSoft = rgb(0xfdefd2),
        .danger = rgb(0xb3261e),
        .dangerSoft = rgb(0xfbe6e4),
        .neutralSoft = rgb(0xedf0f4),
        .hover = rgb(0xf3f5f9),
        .rail = rgb(0x182233),
        .railText = rgb(0xa9b6c9),
        .railActive = rgb(0x2b3a54),
        .railActiveText = rgb(0xffffff),
    };
}

Tokens makeDark()
{
    return {
        .window = rgb(0x11151b),
        .surface = rgb(0x181e26),
        .raised = rgb(0x1e2530),
        .border = rgb(0x2a333f),
        .borderStrong = rgb(0x435064),
        .text = rgb(0xe5eaf1),
        .muted = rgb(0x9aa7b7),
        .accent = rgb(0x86aaff),
        .onAccent = rgb(0x0c1526),
        .accentSoft = rgb(0x23314f),
        .good = rgb(0x74d39f),
        .goodSoft = rgb(0x17342a),
        .warning = rgb(0xf2c063),
        .warningSoft = rgb(0x3a2f18),
        .danger = rgb(0xff958c),
        .dangerSoft = rgb(0x432424),
        .neutralSoft = rgb(0x29323e),
        .hover = rgb(0x1f2732),
        .rail = rgb(0x0b0f14),
        .railText = rgb(0x8d9bb0),
        .railActive = rgb(0x222d3d),
        .railActiveText = rgb(0xffffff),
    };
}

}  // namespace

QColor Tokens::ink(Tone tone) const
{
    switch (tone) {
    case Tone::Plain:
        return text;
    case Tone::Muted:
        return muted;
    case Tone::Accent:
        return accent;
    case Tone::Good:
        return good;
    case Tone::Warning:
        return warning;
    case Tone::Danger:
        return danger;
    }
    return text;
}

QColor Tokens::fill(Tone tone) const
{
    switch (tone) {
    case Tone::Accent:
        return accentSoft;
    case Tone::Good:
        return goodSoft;
    case Tone::Warning:
        return warningSoft;
    case Tone::Danger:
        return dangerSoft;
    case Tone::Plain:
    case Tone::Muted:
        break;
    }
    return neutralSoft;
}

const Tokens &Tokens::light()
{
    static const Tokens tokens = makeLight();
    return tokens;
}

const Tokens &Tokens::dark()
{
    static const Tokens tokens = makeDark();
    return tokens;
}

const Tokens &Tokens::of(const QPalette &palette)
{
    return palette.color(QPalette::Active, QPalette::Window).lightness() < 128 ? dark() : light();
}

}  // namespace Satchel::Console
