// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// One program, one line of which depends on CASE; check.cmake says which must compile and what the compiler says to the others.
#include <Satchel/typed.h>

struct Task {
    Q_GADGET
    Q_PROPERTY(QString title MEMBER title)
    Q_PROPERTY(int priority MEMBER priority)
public:
    QString title;
    int priority = 0;
};

struct Person {
    Q_GADGET
    Q_PROPERTY(QString title MEMBER title)
public:
    QString title;
};

void write(Satchel::TypedCollection<Task> tasks, const QString &key, double number);
void write(Satchel::TypedCollection<Task> tasks, const QString &key, double number)
{
    Q_UNUSED(number)
#if defined(CASE_right_field)
    Satchel::ignore(tasks.update<&Task::title>(key, QStringLiteral("x")), "compiled only");
#elif defined(CASE_wrong_field)
    Satchel::ignore(tasks.update<&Task::titel>(key, QStringLiteral("x")), "compiled only");
#elif defined(CASE_wrong_type)
    Satchel::ignore(tasks.update<&Task::title>(key, 5), "compiled only");
#elif defined(CASE_narrowing)
    Satchel::ignore(tasks.update<&Task::priority>(key, number), "compiled only");
#elif defined(CASE_another_struct)
    Satchel::ignore(tasks.update<&Person::title>(key, QStringLiteral("x")), "compiled only");
#endif
}
