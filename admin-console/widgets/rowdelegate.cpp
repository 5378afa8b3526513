// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "rowdelegate.h"

#include "cellroles.h"
#include "tokens.h"

#include <QFontDatabase>
#include <QPainter>
#include <QPainterPath>

namespace Satchel::Console {

namespace {

constexpr int paddingX = 12;
constexpr int pillPaddingX = 8;
constexpr int pillHeight = 20;
constexpr int initialsSize = 24;
constexpr int dotSize = 8;
constexpr qreal staleOpacity = 0.55;

Tone toneOf(const QVariant &value, Tone otherwise)
{
    return value.isValid() ? static_cast<Tone>(value.toInt()) : otherwise;
}

QFont smallFont(QFont font)
{
    font.setPointSizeF(font.pointSizeF() * 0.9);
    return font;
}

QFont monospaceFont(const QFont &like)
{
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(like.pointSizeF() * 0.95);
    return font;
}

void paintBox(QPainter *painter, const QRect &box, const QColor &fill, qreal radius)
{
    painter->setPen(Qt::NoPen);
    painter->setBrush(fill);
    painter->drawRoundedRect(box, radius, radius);
}

int leftOf(const QModelIndex &index, const RowDelegate::Edges &edges)
{
    return index.column() == 0 ? edges.left : paddingX;
}

int rightOf(const QModelIndex &index, const RowDelegate::Edges &edges)
{
    return index.column() == index.model()->columnCount(index.parent()) - 1 ? edges.right : paddingX;
}

/// Paints one cell; what is drawn at the sides takes its room from `m_rect` first, the text gets the rest.
class CellPainter {
public:
    CellPainter(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index, const RowDelegate::Edges &edges)
        : m_painter(painter)
        , m_option(option)
        , m_index(index)
        , m_tokens(Tokens::of(option.palette))
        , m_rect(option.rect.adjusted(leftOf(index, edges), 0, -rightOf(index, edges), 0))
        , m_tone(toneOf(index.data(ToneRole), Tone::Plain))
    {
    }

    void background();
    void leading();
    void trailing();
    void text();

private:
    void pill(const QRect &box, const QString &words, Tone tone);
    [[nodiscard]] int pillWidth(const QString &words) const
    {
        return qMax(pillHeight + 4, QFontMetrics(smallFont(m_option.font)).horizontalAdvance(words) + 2 * pillPaddingX);
    }
    [[nodiscard]] Qt::Alignment alignment() const
    {
        const QVariant wanted = m_index.data(Qt::TextAlignmentRole);
        return wanted.isValid() ? Qt::Alignment(wanted.toInt()) : Qt::AlignLeft | Qt::AlignVCenter;
    }
    void line(const QRect &rect, const QFont &font, const QColor &color, const QString &words, Qt::Alignment vertical);

    QPainter *m_painter;
    const QStyleOptionViewItem &m_option;
    const QModelIndex &m_index;
    const Tokens &m_tokens;
    QRect m_rect;
    Tone m_tone;
};

void CellPainter::background()
{
    const bool isSelected = m_option.state.testFlag(QStyle::State_Selected);
    const bool isHovered = m_option.state.testFlag(QStyle::State_MouseOver);
    m_painter->fillRect(m_option.rect, isSelected ? m_tokens.accentSoft : isHovered ? m_tokens.hover : m_tokens.surface);
    m_painter->fillRect(QRect(m_option.rect.left(), m_option.rect.bottom(), m_option.rect.width(), 1), m_tokens.border);
    if (isSelected && m_index.column() == 0 && m_option.state.testFlag(QStyle::State_HasFocus)) {
        m_painter->fillRect(QRect(m_option.rect.left(), m_option.rect.top(), 3, m_option.rect.height()), m_tokens.accent);
    }
}

void CellPainter::leading()
{
    const QString initials = m_index.data(InitialsRole).toString();
    if (!initials.isEmpty()) {
        const QRect box(m_rect.left(), m_rect.center().y() - initialsSize / 2 + 1, initialsSize, initialsSize);
        paintBox(m_painter, box, m_tokens.neutralSoft, initialsSize / 2.0);
        QFont font = m_option.font;
        font.setPointSizeF(font.pointSizeF() * 0.75);
        font.setWeight(QFont::DemiBold);
        m_painter->setFont(font);
        m_painter->setPen(m_tokens.muted);
        m_painter->drawText(box, Qt::AlignCenter, initials);
        m_rect.setLeft(box.right() + 11);
    }
    const QVariant dot = m_index.data(DotRole);
    if (dot.isValid()) {
        const bool hasTwoLines = !m_index.data(SecondLineRole).toString().isEmpty();
        const int middle = hasTwoLines ? m_rect.center().y() - 8 : m_rect.center().y();
        paintBox(m_painter, {m_rect.left(), middle - dotSize / 2, dotSize, dotSize}, m_tokens.ink(toneOf(dot, Tone::Muted)), dotSize / 2.0);
        m_rect.setLeft(m_rect.left() + dotSize + 10);
    }
}

void CellPainter::pill(const QRect &box, const QString &words, Tone tone)
{
    paintBox(m_painter, box, m_tokens.fill(tone), pillHeight / 2.0);
    QFont font = smallFont(m_option.font);
    font.setWeight(QFont::Medium);
    m_painter->setFont(font);
    m_painter->setPen(m_tokens.ink(tone));
    m_painter->drawText(box, Qt::AlignCenter, QFontMetrics(font).elidedText(words, Qt::ElideRight, box.width() - pillPaddingX));
}

void CellPainter::trailing()
{
    const QString words = m_index.data(TrailingRole).toString();
    if (!words.isEmpty()) {
        const int width = qMin(pillWidth(words), m_rect.width());
        pill({m_rect.right() - width + 1, m_rect.center().y() - pillHeight / 2 + 1, width, pillHeight}, words,
             toneOf(m_index.data(TrailingToneRole), Tone::Muted));
        m_rect.setRight(m_rect.right() - width - 8);
    }
}

void CellPainter::line(const QRect &rect, const QFont &font, const QColor &color, const QString &words, Qt::Alignment vertical)
{
    m_painter->setFont(font);
    m_painter->setPen(color);
    const Qt::TextElideMode mode = m_index.data(ElideMiddleRole).toBool() ? Qt::ElideMiddle : Qt::ElideRight;
    const QString shown = QFontMetrics(font).elidedText(words, mode, rect.width());
    m_painter->drawText(rect, static_cast<int>((alignment() & Qt::AlignHorizontal_Mask) | vertical) | Qt::TextSingleLine, shown);
}

void CellPainter::text()
{
    const QString words = m_option.text;
    if (m_index.data(PillRole).toBool() && !words.isEmpty()) {
        const int width = qMin(pillWidth(words), m_rect.width());
        const int left = alignment().testFlag(Qt::AlignRight) ? m_rect.right() - width + 1 : m_rect.left();
        pill({left, m_rect.center().y() - pillHeight / 2 + 1, width, pillHeight}, words, m_tone);
        return;
    }
    const QFont font = m_index.data(MonospaceRole).toBool() ? monospaceFont(m_option.font) : m_option.font;
    const QString second = m_index.data(SecondLineRole).toString();
    if (second.isEmpty()) {
        line(m_rect, font, m_tokens.ink(m_tone), words, Qt::AlignVCenter);
        return;
    }
    const int middle = m_rect.center().y() + 1;
    line({m_rect.left(), m_rect.top(), m_rect.width(), middle - m_rect.top()}, font, m_tokens.ink(m_tone), words, Qt::AlignBottom);
    line({m_rect.left(), middle + 1, m_rect.width(), m_rect.bottom() - middle}, smallFont(m_option.font), m_tokens.muted, second,
         Qt::AlignTop);
}

}  // namespace

void RowDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem cell(option);
    initStyleOption(&cell, index);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    CellPainter cellPainter(painter, cell, index, m_edges);
    cellPainter.background();
    painter->setOpacity(m_isStale ? staleOpacity : 1.0);
    cellPainter.leading();
    cellPainter.trailing();
    cellPainter.text();
    painter->restore();
}

QSize RowDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem cell(option);
    initStyleOption(&cell, index);
    const QString second = index.data(SecondLineRole).toString();
    const bool hasTwoLines = !second.isEmpty();
    int width = qMax(QFontMetrics(cell.font).horizontalAdvance(cell.text), QFontMetrics(smallFont(cell.font)).horizontalAdvance(second));
    width += leftOf(index, m_edges) + rightOf(index, m_edges) + 4;
    width += index.data(InitialsRole).isValid() ? initialsSize + 10 : 0;
    width += index.data(DotRole).isValid() ? dotSize + 10 : 0;
    width += index.data(PillRole).toBool() ? 2 * pillPaddingX : 0;
    return {width, qMax(hasTwoLines ? twoLineHeight : lineHeight, QFontMetrics(cell.font).height() * (hasTwoLines ? 2 : 1) + 16)};
}

}  // namespace Satchel::Console
