// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "mainwindow.h"

#include "connectionstatus.h"
#include "toolrail.h"

#include "widgets/banner.h"
#include "widgets/icons.h"

#include <QAbstractItemView>
#include <QAction>
#include <QCloseEvent>
#include <QMenuBar>
#include <QSplitter>
#include <QStackedWidget>
#include <QStatusBar>
#include <QVBoxLayout>

namespace Satchel::Console {

namespace {

constexpr QSize firstSize{1440, 900};
constexpr QSize smallestSize{960, 600};

}  // namespace

MainWindow::MainWindow(Parts parts)
    : m_parts(std::move(parts))
    , m_factories(toolFactories())
    , m_rail(new ToolRail(this))
    , m_stack(new QStackedWidget(this))
    , m_banner(new Banner(this))
    , m_status(new ConnectionStatus(this))
    , m_theme(m_parts.settings.theme())
{
    setWindowTitle(tr("Satchel Console"));
    setMinimumSize(smallestSize);
    auto *center = new QWidget(this);
    auto *right = new QVBoxLayout;
    right->setSpacing(0);
    right->addWidget(m_banner);
    right->addWidget(m_stack, 1);
    auto *layout = new QHBoxLayout(center);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_rail);
    layout->addLayout(right, 1);
    setCentralWidget(center);
    statusBar()->setSizeGripEnabled(false);
    statusBar()->setContentsMargins(0, 0, 0, 0);
    statusBar()->addWidget(m_status, 1);
    applyTheme(m_theme);
    setWindowIcon(tintedIcon(QStringLiteral("satchel"), Tokens::light().accent));
    buildTools();
    buildMenus();
    restoreLayout();
    m_countdown.setInterval(std::chrono::milliseconds(500));
    connect(&m_countdown, &QTimer::timeout, this, &MainWindow::showBanner);
    // "5 min ago" must not stay so for an hour.
    m_ageing.start(std::chrono::seconds(20));
    connect(&m_ageing, &QTimer::timeout, this, [this] {
        const auto views = currentTool()->findChildren<QAbstractItemView *>();
        for (QAbstractItemView *view : views) {
            view->viewport()->update();
        }
    });
    connect(&m_parts.session, &Session::stateChanged, this, &MainWindow::sessionChanged);
    connect(&m_parts.session, &Session::becameConnected, this, [this] {
        m_isOutdated.assign(m_pages.size(), true);
        refreshCurrent();
    });
    connect(m_banner, &Banner::actionTriggered, this,
            [this] { m_parts.session.state() == Session::State::Unreachable ? m_parts.session.retryNow() : askForConnection(); });
    sessionChanged();
}

MainWindow::~MainWindow() = default;

void MainWindow::buildTools()
{
    const ToolContext context{m_parts.session, m_parts.session, m_parts.session, m_parts.clock};
    for (const ToolFactory &factory : m_factories) {
        ToolPage *page = factory.make(context, m_stack);
        m_stack->addWidget(page);
        m_rail->addTool(factory);
        m_pages.push_back(page);
        m_isOutdated.push_back(true);
        connect(page, &ToolPage::openRequested, this, &MainWindow::openDestination);
    }
    connect(m_rail, &ToolRail::toolChosen, this, &MainWindow::showToolAt);
    connect(m_rail, &ToolRail::themeRequested, this,
            [this] { setTheme(m_theme == ThemeName::Light ? ThemeName::Dark : ThemeName::Light); });
    connect(m_rail, &ToolRail::connectRequested, this, &MainWindow::askForConnection);
}

void MainWindow::buildMenus()
{
    const auto add = [this](QMenu *menu, const QString &text, const QKeySequence &keys, auto &&then) {
        QAction *action = menu->addAction(text);
        action->setShortcut(keys);
        connect(action, &QAction::triggered, this, std::forward<decltype(then)>(then));
        return action;
    };
    QMenu *file = menuBar()->addMenu(tr("&File"));
    add(file, tr("&Connect…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), [this] { askForConnection(); });
    file->addSeparator();
    add(file, tr("&Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), [this] { close(); });
    QMenu *view = menuBar()->addMenu(tr("&View"));
    add(view, tr("&Refresh"), QKeySequence(Qt::Key_F5), [this] { refreshCurrent(); });
    add(view, tr("&Filter"), QKeySequence(Qt::CTRL | Qt::Key_F), [this] { currentTool()->focusFilter(); });
    add(view, tr("&Back"), QKeySequence(Qt::Key_Escape), [this] { currentTool()->stepBack(); });
    view->addSeparator();
    add(view, tr("Switch &theme"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_T),
        [this] { setTheme(m_theme == ThemeName::Light ? ThemeName::Dark : ThemeName::Light); });
    QMenu *tools = menuBar()->addMenu(tr("&Tools"));
    for (int i = 0; i < static_cast<int>(m_factories.size()); ++i) {
        add(tools, m_factories[static_cast<std::size_t>(i)].title, QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + i)),
            [this, i] { showToolAt(i); });
    }
}

void MainWindow::restoreLayout()
{
    resize(firstSize);
    if (const QByteArray geometry = m_parts.settings.geometry(); !geometry.isEmpty()) {
        restoreGeometry(geometry);
    }
    const auto splitters = findChildren<QSplitter *>();
    for (QSplitter *splitter : splitters) {
        if (const QByteArray state = m_parts.settings.splitter(splitter->objectName()); !state.isEmpty()) {
            splitter->restoreState(state);
        }
    }
    showToolAt(0);
    showTool(m_parts.settings.tool());
}

void MainWindow::saveLayout()
{
    m_parts.settings.setGeometry(saveGeometry());
    m_parts.settings.setTool(m_factories[static_cast<std::size_t>(m_stack->currentIndex())].id);
    const auto splitters = findChildren<QSplitter *>();
    for (const QSplitter *splitter : splitters) {
        m_parts.settings.setSplitter(splitter->objectName(), splitter->saveState());
    }
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    saveLayout();
    QMainWindow::closeEvent(event);
}

void MainWindow::showTool(const QString &id)
{
    for (std::size_t i = 0; i < m_factories.size(); ++i) {
        if (m_factories[i].id == id) {
            showToolAt(static_cast<int>(i));
        }
    }
}

void MainWindow::showToolAt(int number)
{
    m_stack->setCurrentIndex(number);
    m_rail->setCurrent(number);
    // Whoever opens a tool has somebody or something to look for.
    currentTool()->focusFilter();
    if (m_isOutdated[static_cast<std::size_t>(number)] && m_parts.session.state() == Session::State::Connected) {
        refreshCurrent();
    }
}

ToolPage *MainWindow::currentTool() const
{
    return m_pages[static_cast<std::size_t>(m_stack->currentIndex())];
}

void MainWindow::refreshCurrent()
{
    m_isOutdated[static_cast<std::size_t>(m_stack->currentIndex())] = false;
    currentTool()->refresh();
}

void MainWindow::connectTo(const Connection &connection)
{
    m_parts.session.connectTo(m_parts.makeBackend(connection));
}

void MainWindow::askForConnection()
{
    const Settings &settings = m_parts.settings;
    const QString reason = m_parts.session.state() == Session::State::SignedOut ? describeConnection(m_parts.session).banner : QString();
    const QString server = settings.server().isEmpty() ? QStringLiteral("http://127.0.0.1:8080") : settings.server();
    m_parts.prompt(this, {server, settings.tenant(), reason}, [this](const std::optional<Connection> &connection) {
        if (connection) {
            m_parts.settings.setServer(connection->address.url().toString());
            m_parts.settings.setTenant(connection->tenant);
            connectTo(*connection);
        }
    });
}

void MainWindow::setTheme(ThemeName theme)
{
    m_theme = theme;
    m_parts.settings.setTheme(theme);
    applyTheme(theme);
}

void MainWindow::sessionChanged()
{
    const Session::State state = m_parts.session.state();
    const bool isStale = state == Session::State::Unreachable || state == Session::State::SignedOut;
    for (ToolPage *page : m_pages) {
        page->setStale(isStale);
    }
    if (state == Session::State::Unreachable) {
        m_countdown.start();
    } else {
        m_countdown.stop();
    }
    showBanner();
}

void MainWindow::showBanner()
{
    const ConnectionWords words = describeConnection(m_parts.session);
    m_status->show(m_parts.session);
    if (words.banner.isEmpty()) {
        m_banner->hide();
    } else {
        m_banner->say(words.tone == Tone::Danger ? Tone::Danger : Tone::Warning, words.banner, words.action);
    }
}

void MainWindow::openDestination(const Destination &destination)
{
    // Users is the tool that shows a user; the others only send people there.
    showToolAt(0);
    currentTool()->open(destination);
}

}  // namespace Satchel::Console
