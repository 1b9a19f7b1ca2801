// What the signal handler calls, so that Thread Sanitizer does not come between.
//
// It holds a signal back until the thread calls a function that it knows, which a script in a loop never does; and its own
// version of such a function takes locks that the interrupted thread may hold. In a build with it the handler is
// therefore installed behind its back, is not watched, and calls the C library directly.
#ifndef WALLE_UNSEEN_H
#define WALLE_UNSEEN_H

#include <semaphore.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#ifdef __has_feature
#if __has_feature(thread_sanitizer)
#define WALLE_IS_WATCHED 1
#endif
#endif

#ifdef WALLE_IS_WATCHED

#define UNSEEN __attribute__((disable_sanitizer_instrumentation))

/// The C library's own functions.
extern struct unseen {
    int (*sigaction)(int, const struct sigaction *, struct sigaction *);
    int (*clock_gettime)(clockid_t, struct timespec *);
    int (*sem_post)(sem_t *);
    ssize_t (*pread)(int, void *, size_t, off_t);
    int (*timer_settime)(timer_t, int, const struct itimerspec *, struct itimerspec *);
    ssize_t (*write)(int, const void *, size_t);
} unseen;

#define DIRECTLY(function) unseen.function

/// So many times slower is what CPython does: each allocation passes through our heap, which is watched.
enum { slowness = 10 };

#else

enum { slowness = 1 };

#define UNSEEN
#define DIRECTLY(function) function

#endif

#endif
