// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "CLinux.h"

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

long clinux_keyctl(int operation, unsigned long a, unsigned long b, unsigned long c,
                   unsigned long d) {
  return syscall(SYS_keyctl, operation, a, b, c, d);
}

long clinux_add_key(const char *type, const char *description, const void *payload, size_t length,
                    int keyring) {
  return syscall(SYS_add_key, type, description, payload, length, keyring);
}

int clinux_prctl(int option, unsigned long a) { return prctl(option, a, 0UL, 0UL, 0UL); }
