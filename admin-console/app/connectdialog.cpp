// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "connectdialog.h"

#include "widgets/labels.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace Satchel::Console {

ConnectPrompt connectDialogPrompt()
{
    return [](QWidget *parent, const ConnectDefaults &defaults, const std::function<void(std::optional<Connection>)> &done) {
        auto *dialog = new ConnectDialog(defaults, parent);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        QObject::connect(dialog, &QDialog::finished, parent,
                         [dialog, done](int outcome) { done(outcome == QDialog::Accepted ? dialog->connection() : std::nullopt); });
        dialog->open();
    };
}

ConnectDialog::ConnectDialog(const ConnectDefaults &defaults, QWidget *parent)
    : QDialog(parent)
    , m_server(new QLineEdit(defaults.server, this))
    , m_token(new QLineEdit(this))
    , m_tenant(new QLineEdit(defaults.tenant, this))
    , m_development(new QCheckBox(tr("Use a development token"), this))
    , m_problem(makeLabel({}, TextUse::Small, this))
    , m_connect(nullptr)
{
    setWindowTitle(tr("Connect to a server"));
    setMinimumWidth(480);
    build(defaults);
    check();
}

void ConnectDialog::build(const ConnectDefaults &defaults)
{
    m_server->setAccessibleName(tr("Server address"));
    m_server->setPlaceholderText(QStringLiteral("https://satchel.example.org"));
    m_token->setAccessibleName(tr("Token"));
    m_token->setPlaceholderText(tr("Paste the token you were given"));
    m_token->setEchoMode(QLineEdit::Password);
    m_tenant->setAccessibleName(tr("Tenant"));
    m_tenant->setPlaceholderText(QStringLiteral("default"));
    m_development->setAccessibleName(m_development->text());
    m_development->setChecked(true);
    m_problem->setWordWrap(true);
    m_problem->setMinimumHeight(m_problem->fontMetrics().lineSpacing() * 2);
    m_problem->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    auto *form = new QFormLayout;
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    form->setHorizontalSpacing(16);
    form->setVerticalSpacing(12);
    form->addRow(tr("&Server"), m_server);
    form->addRow(QString(), m_development);
    form->addRow(tr("T&enant"), m_tenant);
    form->addRow(tr("&Token"), m_token);
    for (QLineEdit *field : {m_server, m_tenant, m_token}) {
        field->ensurePolished();
        form->labelForField(field)->setMinimumHeight(field->sizeHint().height());
    }
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_connect = buttons->addButton(tr("Connect"), QDialogButtonBox::AcceptRole);
    m_connect->setDefault(true);
    for (QAbstractButton *button : buttons->buttons()) {
        button->setIcon({});
        button->setAccessibleName(QString(button->text()).remove(u'&'));
    }
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 24, 24, 24);
    layout->setSpacing(8);
    layout->addWidget(makeLabel(tr("Connect to a server"), TextUse::Title, this));
    QLabel *reason =
        makeLabel(defaults.reason.isEmpty() ? tr("The token stays in memory and is sent to this address only.") : defaults.reason,
                  TextUse::Muted, this);
    reason->setWordWrap(true);
    layout->addWidget(reason);
    layout->addSpacing(12);
    layout->addLayout(form);
    layout->addSpacing(4);
    layout->addWidget(m_problem);
    layout->addWidget(buttons);
    connect(m_server, &QLineEdit::textChanged, this, &ConnectDialog::check);
    connect(m_token, &QLineEdit::textChanged, this, &ConnectDialog::check);
    connect(m_development, &QCheckBox::toggled, this, &ConnectDialog::check);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

void ConnectDialog::check()
{
    const auto address = Admin::ServerAddress::parse(m_server->text());
    const bool canDevelop = address && address->isLoopback();
    m_development->setEnabled(canDevelop);
    const bool isDevelopment = canDevelop && m_development->isChecked();
    m_token->setEnabled(!isDevelopment);
    m_tenant->setEnabled(isDevelopment);
    QString problem;
    if (m_server->text().trimmed().isEmpty()) {
        problem = tr("Enter the address of a server.");
    } else if (!address && address.error().reason == Core::ErrorReason::PolicyDenied) {
        problem = tr("Plain http would show your token to the network. Use https; http works for this computer only.");
    } else if (!address) {
        problem = tr("This is not an address such as https://satchel.example.org");
    } else if (!isDevelopment && m_token->text().isEmpty()) {
        problem = tr("Paste a token with the role “support”.");
    }
    m_problem->setText(problem);
    m_connect->setEnabled(problem.isEmpty());
}

std::optional<Connection> ConnectDialog::connection() const
{
    auto address = Admin::ServerAddress::parse(m_server->text());
    if (!address) {
        return std::nullopt;
    }
    const bool isDevelopment = address->isLoopback() && m_development->isChecked();
    return Connection{std::move(*address), isDevelopment ? Connection::TokenSource::Development : Connection::TokenSource::Given,
                      m_token->text().trimmed().toUtf8(), m_tenant->text().trimmed()};
}

}  // namespace Satchel::Console
