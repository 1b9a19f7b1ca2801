// What a VM's thread is called, belongs to, and what time it is there.
#define _GNU_SOURCE
#include "stop_state.h"

void walle_thread_set_name(const char *name) {
    pthread_setname_np(pthread_self(), name);
}

int64_t walle_clock_ns(clockid_t clock) {
    return now_on(clock);
}

int64_t walle_monotonic_ns(void) {
    return now_on(CLOCK_MONOTONIC);
}

static __thread void *owner;

void *walle_thread_owner(void) {
    return owner;
}

void walle_thread_set_owner(void *to) {
    owner = to;
}

__thread void *walle_arrays_of_thread;

void walle_thread_set_arrays(void *to) {
    walle_arrays_of_thread = to;
}
