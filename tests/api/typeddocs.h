// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// The code of docs/typed.md.
#pragma once

#include <QtCore/QDebug>

//! [struct]
#include <Satchel/client.h>
#include <Satchel/typed.h>

struct Task {
    Q_GADGET
    Q_PROPERTY(QString title MEMBER title)
    Q_PROPERTY(State state MEMBER state)
    Q_PROPERTY(QStringList tags MEMBER tags)
    Q_PROPERTY(std::optional<int> minutes MEMBER minutes)

public:
    enum class State { Open, Done };
    Q_ENUM(State)

    QString title;
    State state = State::Open;
    QStringList tags;
    std::optional<int> minutes;
};
//! [struct]

inline void useTasks(Satchel::Client &client, const QString &key)
{
    //! [use]
    Satchel::TypedCollection<Task> tasks(client.collection(QStringLiteral("tasks")));

    auto made = tasks.set(key, Task{QStringLiteral("Water the plants"), Task::State::Open, {QStringLiteral("home")}, 10});
    auto renamed = tasks.update<&Task::title>(key, QStringLiteral("Water all plants"));
    auto done = tasks.change(key, [](Task &task) {
        task.state = Task::State::Done;
        task.minutes.reset();
    });

    if (const auto task = tasks.get(key); !task) {
        qWarning().noquote() << task.error().toString();  // it is there, and is no Task: which field, and why
    } else if (*task) {
        qInfo() << (*task)->title;
    }
    //! [use]
    Satchel::ignore(made, "the sample's own program waits for the last");
    Satchel::ignore(renamed, "the sample's own program waits for the last");
    Satchel::ignore(done, "the sample's own program waits for the last");
}
