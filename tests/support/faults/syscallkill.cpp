// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
#include "syscallkill.h"

#ifdef __linux__
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

namespace Satchel::Test {

#ifdef __linux__

namespace {

constexpr int traceRefusedExit = 126;
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

[[noreturn]] void becomeProgram(const std::vector<char *> &arguments)
{
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(nowhere, STDOUT_FILENO);
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0)
        ::_exit(traceRefusedExit);
    ::execv(arguments.front(), arguments.data());
    ::_exit(traceRefusedExit);
}

/// Waits for the next stop; false when the process is gone.
bool nextStop(pid_t child, int &status)
{
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return false;
    }
    return WIFSTOPPED(status);
}

KilledRun follow(pid_t child, int call)
{
    int status = 0;
    // The first stop is that of a traced exec.
    if (!nextStop(child, status))
        return {};
    if (::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) != 0) {
        ::kill(child, SIGKILL);
        ::waitpid(child, &status, 0);
        return {};
    }
    bool isCounting = false;
    int callCount = 0;
    long signal = 0;
    while (::ptrace(PTRACE_SYSCALL, child, nullptr, signal) == 0 && nextStop(child, status)) {
        signal = 0;
        if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
            signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
            continue;
        }
        __ptrace_syscall_info info{};
        if (::ptrace(static_cast<__ptrace_request>(PTRACE_GET_SYSCALL_INFO), child, sizeof info, &info) <= 0 ||
            info.op != PTRACE_SYSCALL_INFO_ENTRY)
            continue;
        if (info.entry.nr == SYS_personality && info.entry.args[0] == markArgument) {
            isCounting = true;
        } else if (isCounting && !isPassedOver(info.entry.nr) && ++callCount == call) {
            ::kill(child, SIGKILL);
            ::waitpid(child, &status, 0);
            return {KillOutcome::Killed, -1, callCount};
        }
    }
    return {KillOutcome::Ended, WIFEXITED(status) ? WEXITSTATUS(status) : -1, callCount};
}

}  // namespace

KilledRun runKilledAtCall(const std::vector<std::string> &command, int call)
{
    std::vector<char *> arguments;
    for (const std::string &word : command)
        arguments.push_back(const_cast<char *>(word.c_str()));
    arguments.push_back(nullptr);
    // A leak checker traces its own process, which has a tracer already.
    const char *sanitizer = std::getenv("ASAN_OPTIONS");
    const std::string before = sanitizer != nullptr ? sanitizer : "";
    ::setenv("ASAN_OPTIONS", (before + (before.empty() ? "" : ":") + "detect_leaks=0").c_str(), 1);
    const pid_t child = ::fork();
    if (child == 0)
        becomeProgram(arguments);
    ::setenv("ASAN_OPTIONS", before.c_str(), 1);
    if (child < 0)
        return {};
    const KilledRun run = follow(child, call);
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

#endif

std::vector<int> callsToTry(int callCount, int stride, int lastCount)
{
    std::vector<int> calls;
    for (int call = 1; call <= callCount; call += call + lastCount > callCount ? 1 : stride)
        calls.push_back(call);
    return calls;
}

}  // namespace Satchel::Test
