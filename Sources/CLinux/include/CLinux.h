// SPDX-License-Identifier: Apache-2.0
// System calls that Swift cannot make by itself: `syscall` and `prctl` are variadic, and its module of
// the C library leaves epoll(7) out. No logic here.
#ifndef CLINUX_H
#define CLINUX_H
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

/// keyctl(2) with its five machine words; -1 and errno on failure.
long clinux_keyctl(int operation, unsigned long a, unsigned long b, unsigned long c,
                   unsigned long d);
/// add_key(2) of type "user" or "logon"; -1 and errno on failure.
long clinux_add_key(const char *type, const char *description, const void *payload, size_t length,
                    int keyring);
/// prctl(2); -1 and errno on failure.
int clinux_prctl(int option, unsigned long a);

#endif
