// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The Satchel Authors
// Loaded before a program (LD_PRELOAD), aborts it where a thread other than the main one ends while libcrypto still keeps something for it:
// freeing that then races with libcrypto's own clean-up at the exit of the process.
#include <dlfcn.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace {

using Destructor = void (*)(void *);
using CreateKey = int (*)(pthread_key_t *, Destructor);

constexpr std::size_t keysMax = 64;

std::array<Destructor, keysMax> destructors;
std::atomic<std::size_t> keyCount = 0;

bool isOfLibcrypto(Destructor destructor)
{
    Dl_info info{};
    return dladdr(reinterpret_cast<void *>(destructor), &info) != 0 && std::strstr(info.dli_fname, "libcrypto") != nullptr;
}

/// The C library calls it for values other than null only.
template <std::size_t key>
void destroy(void *value)
{
    if (getpid() != static_cast<pid_t>(syscall(SYS_gettid)) && isOfLibcrypto(destructors[key])) {
        std::abort();
    }
    destructors[key](value);
}

template <std::size_t... keys>
constexpr std::array<Destructor, keysMax> makeReplacements(std::index_sequence<keys...> /*keys*/)
{
    return {destroy<keys>...};
}

}  // namespace

extern "C" __attribute__((visibility("default"))) int pthread_key_create(pthread_key_t *key, Destructor destructor) noexcept
{
    static constexpr std::array<Destructor, keysMax> replacements = makeReplacements(std::make_index_sequence<keysMax>());
    static const auto create = reinterpret_cast<CreateKey>(dlsym(RTLD_NEXT, "pthread_key_create"));
    const std::size_t index = destructor != nullptr ? keyCount.fetch_add(1) : keysMax;
    if (index >= keysMax) {
        return create(key, destructor);
    }
    destructors[index] = destructor;
    return create(key, replacements[index]);
}
