// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "syscallkill.h"

#include <cstdlib>

#ifdef __linux__
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <initializer_list>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

namespace Satchel::Test {

#ifdef __linux__

namespace {

/// The program's sign: a call that changes nothing, and that nobody else makes with this argument.
constexpr unsigned long markArgument = 0xffffffff;

bool isPassedOver(std::uint64_t number)
{
    switch (number) {
    case SYS_read:
    case SYS_pread64:
    case SYS_lseek:
    case SYS_fstat:
    case SYS_newfstatat:
    case SYS_faccessat:
    case SYS_faccessat2:
    case SYS_readlinkat:
    case SYS_brk:
    case SYS_mmap:
    case SYS_mprotect:
    case SYS_madvise:
    case SYS_futex:
    case SYS_getrandom:
    case SYS_getpid:
    case SYS_geteuid:
    case SYS_clock_gettime:
    case SYS_clock_nanosleep:
    case SYS_rt_sigaction:
    case SYS_rt_sigprocmask:
#ifdef SYS_stat
    case SYS_stat:
    case SYS_lstat:
    case SYS_access:
    case SYS_readlink:
#endif
        return true;
    default:
        return false;
    }
}

bool isOneOf(std::uint64_t number, std::initializer_list<std::uint64_t> numbers)
{
    return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

bool isKind(FileChange kind, std::uint64_t number, const std::uint64_t *arguments)
{
    switch (kind) {
    case FileChange::Create:
#ifdef SYS_open
        if (isOneOf(number, {SYS_mkdir, SYS_creat}) || (number == SYS_open && (arguments[1] & O_CREAT) != 0))
            return true;
#endif
        return number == SYS_mkdirat || (number == SYS_openat && (arguments[2] & O_CREAT) != 0);
    case FileChange::Write:
        return isOneOf(number, {SYS_write, SYS_writev});
    case FileChange::WriteAt:
        return isOneOf(number, {SYS_pwrite64, SYS_pwritev, SYS_pwritev2});
    case FileChange::Resize:
        return isOneOf(number, {SYS_truncate, SYS_ftruncate, SYS_fallocate});
    case FileChange::Sync:
        return number == SYS_fsync;
    case FileChange::SyncData:
        return number == SYS_fdatasync;
    case FileChange::Link:
#ifdef SYS_link
        if (isOneOf(number, {SYS_link, SYS_symlink}))
            return true;
#endif
        return isOneOf(number, {SYS_linkat, SYS_symlinkat});
    case FileChange::Rename:
#ifdef SYS_rename
        if (number == SYS_rename)
            return true;
#endif
#ifdef SYS_renameat
        if (number == SYS_renameat)
            return true;
#endif
        return number == SYS_renameat2;
    case FileChange::Unlink:
#ifdef SYS_unlink
        if (isOneOf(number, {SYS_unlink, SYS_rmdir}))
            return true;
#endif
        return number == SYS_unlinkat;
    }
    return false;
}

/// What the plan counts, as far as the number of the call says.
bool mayCount(const KillPlan &plan, std::uint64_t number)
{
    std::array<std::uint64_t, 6> anyArguments{};
    anyArguments.fill(~std::uint64_t{0});
    const auto isThis = [&](FileChange kind) { return isKind(kind, number, anyArguments.data()); };
    return plan.counted.empty() ? !isPassedOver(number) : std::any_of(plan.counted.begin(), plan.counted.end(), isThis);
}

/// From here on the process and what it executes stop for the tracer at such calls only. The others, thousands while a program is loaded,
/// cost nothing.
bool filterCalls(const KillPlan &plan)
{
    constexpr std::uint32_t callsMax = 512;
    std::vector<sock_filter> program{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
    const auto answer = [&program](std::uint32_t number, std::uint32_t action) {
        program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1));
        program.push_back(BPF_STMT(BPF_RET | BPF_K, action));
    };
    answer(SYS_personality, SECCOMP_RET_TRACE);
    const bool isMost = plan.counted.empty();
    for (std::uint32_t number = 0; number < callsMax; ++number) {
        if (mayCount(plan, number) != isMost)
            answer(number, isMost ? SECCOMP_RET_ALLOW : SECCOMP_RET_TRACE);
    }
    program.push_back(BPF_STMT(BPF_RET | BPF_K, isMost ? SECCOMP_RET_TRACE : SECCOMP_RET_ALLOW));
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

/// Follows a process through its stops, of whichever thread.
class Tracer {
public:
    Tracer(pid_t traced, const KillPlan &plan)
        : m_traced(traced)
        , m_plan(plan)
    {
    }

    [[nodiscard]] bool seize() const
    {
        return ::ptrace(PTRACE_SEIZE, m_traced, nullptr,
                        PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC) == 0;
    }

    [[nodiscard]] KilledRun follow()
    {
        while (waitForOne()) {
            if (!WIFSTOPPED(m_status)) {
                if (m_thread == m_traced)
                    return {KillOutcome::Ended, WIFEXITED(m_status) ? WEXITSTATUS(m_status) : -1, m_callCount};
                continue;
            }
            if (isAtLastCall()) {
                ::kill(m_traced, SIGKILL);
                while (waitForOne() && (m_thread != m_traced || WIFSTOPPED(m_status))) {}
                return {KillOutcome::Killed, -1, m_callCount};
            }
            goOn();
        }
        return {};
    }

private:
    /// The process and its threads are all that there is to wait for.
    bool waitForOne()
    {
        do {
            m_thread = ::waitpid(-1, &m_status, __WALL);
        } while (m_thread < 0 && errno == EINTR);
        return m_thread > 0;
    }

    bool isAtLastCall()
    {
        if (m_status >> 16 == PTRACE_EVENT_EXEC)
            m_isCounting = m_plan.begin == KillPlan::Begin::AtStart;
        __ptrace_syscall_info info{};
        if (m_status >> 16 != PTRACE_EVENT_SECCOMP ||
            ::ptrace(static_cast<__ptrace_request>(PTRACE_GET_SYSCALL_INFO), m_thread, sizeof info, &info) <= 0 ||
            info.op != PTRACE_SYSCALL_INFO_SECCOMP)
            return false;
        if (info.seccomp.nr == SYS_personality && info.seccomp.args[0] == markArgument) {
            m_isCounting = true;
            return false;
        }
        return m_isCounting && isCounted(info) && ++m_callCount == m_plan.call;
    }

    [[nodiscard]] bool isCounted(const __ptrace_syscall_info &info) const
    {
        const auto &kinds = m_plan.counted;
        const auto isThis = [&info](FileChange kind) { return isKind(kind, info.seccomp.nr, info.seccomp.args); };
        return kinds.empty() ? !isPassedOver(info.seccomp.nr) : std::any_of(kinds.begin(), kinds.end(), isThis);
    }

    void goOn() const
    {
        const int event = m_status >> 16;
        const int signal = WSTOPSIG(m_status);
        // A thread that begins stops with SIGTRAP; with any other signal the whole process has been told to stop, and stays so.
        if (event == PTRACE_EVENT_STOP && signal != SIGTRAP) {
            ::ptrace(PTRACE_LISTEN, m_thread, nullptr, nullptr);
            return;
        }
        ::ptrace(PTRACE_CONT, m_thread, nullptr, event != 0 ? 0L : static_cast<long>(signal));
    }

    pid_t m_traced;
    const KillPlan &m_plan;
    pid_t m_thread = -1;
    int m_status = 0;
    int m_callCount = 0;
    bool m_isCounting = false;
};

[[noreturn]] void trace(pid_t traced, const KillPlan &plan, int process, int report)
{
    // Whoever reads from the process waits for all copies of its descriptors to be closed.
    if (report >= 0)
        ::dup2(report, STDOUT_FILENO);
    else
        ::close(STDOUT_FILENO);
    ::dup2(process, STDIN_FILENO);
    ::close_range(STDERR_FILENO, ~0U, 0);
    char sign = 0;
    Tracer tracer(traced, plan);
    KilledRun run;
    if (::read(STDIN_FILENO, &sign, 1) == 1 && tracer.seize() && ::write(STDIN_FILENO, &sign, 1) == 1) {
        ::close(STDIN_FILENO);
        run = tracer.follow();
    }
    ::_exit(report >= 0 && ::write(STDOUT_FILENO, &run, sizeof run) != sizeof run ? 1 : 0);
}

[[noreturn]] void becomeProgram(const std::vector<char *> &arguments, int call, int report)
{
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(nowhere, STDOUT_FILENO);
    beTraced({.call = call, .begin = KillPlan::Begin::AtMark}, report);
    ::execv(arguments.front(), arguments.data());
    ::_exit(traceRefusedExit);
}

}  // namespace

void beTraced(const KillPlan &plan, int report)
{
    int ends[2] = {-1, -1};
    const pid_t self = ::getpid();
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        ::_exit(traceRefusedExit);
    const pid_t tracer = ::fork();
    if (tracer == 0)
        trace(self, plan, ends[1], report);
    ::close(ends[1]);
    // Where only a parent may trace, a process may name another that may.
    ::prctl(PR_SET_PTRACER, tracer, 0, 0, 0);
    char sign = 0;
    if (tracer < 0 || ::write(ends[0], &sign, 1) != 1 || ::read(ends[0], &sign, 1) != 1 || !filterCalls(plan))
        ::_exit(traceRefusedExit);
    ::close(ends[0]);
}

KilledRun runKilledAtCall(const std::vector<std::string> &command, int call)
{
    std::vector<char *> arguments;
    for (const std::string &word : command)
        arguments.push_back(const_cast<char *>(word.c_str()));
    arguments.push_back(nullptr);
    int report[2] = {-1, -1};
    if (::pipe2(report, O_CLOEXEC) != 0)
        return {};
    // A leak checker traces its own process, which has a tracer already.
    const char *sanitizer = std::getenv("ASAN_OPTIONS");
    const std::string before = sanitizer != nullptr ? sanitizer : "";
    ::setenv("ASAN_OPTIONS", (before + (before.empty() ? "" : ":") + "detect_leaks=0").c_str(), 1);
    const pid_t child = ::fork();
    if (child == 0)
        becomeProgram(arguments, call, report[1]);
    ::setenv("ASAN_OPTIONS", before.c_str(), 1);
    ::close(report[1]);
    KilledRun run;
    if (child > 0) {
        if (::read(report[0], &run, sizeof run) != sizeof run)
            run = {};
        while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {}
    }
    ::close(report[0]);
    return run.exitCode == traceRefusedExit ? KilledRun{} : run;
}

void beginKillableCalls()
{
    ::personality(markArgument);
}

#else

KilledRun runKilledAtCall(const std::vector<std::string> & /*command*/, int /*call*/)
{
    return {};
}

void beginKillableCalls() {}

void beTraced(const KillPlan & /*plan*/, int /*report*/)
{
    std::_Exit(traceRefusedExit);
}

#endif

std::vector<int> callsToTry(int callCount, int stride, int lastCount)
{
    std::vector<int> calls;
    for (int call = 1; call <= callCount; call += call + lastCount > callCount ? 1 : stride)
        calls.push_back(call);
    return calls;
}

}  // namespace Satchel::Test
