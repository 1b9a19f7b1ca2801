#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#endif
#include "walle_threads.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

_Thread_local walle_interruption *walle_thread_interruption;

static int64_t nanoseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t walle_thread_nanoseconds(void) { return nanoseconds(CLOCK_MONOTONIC); }
int64_t walle_thread_cpu_nanoseconds(void) { return nanoseconds(CLOCK_THREAD_CPUTIME_ID); }

void walle_thread_name(const char *name) {
#if defined(__APPLE__)
    pthread_setname_np(name);
#elif defined(__linux__)
    pthread_setname_np(pthread_self(), name);
#else
    (void)name;
#endif
}

int walle_thread_setting(void) {
    const char *text = getenv("WALLE_THREADS");
    const int count = text ? atoi(text) : 0;
    return count > 0 ? count : walle_thread_processors();
}

int walle_thread_processors(void) {
#if defined(__linux__)
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) return CPU_COUNT(&allowed);
#endif
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}
