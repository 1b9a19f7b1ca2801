// What threads need that Swift cannot call: the C library shows it only with _GNU_SOURCE, or it is an instruction.
#ifndef WALLE_THREADS_H
#define WALLE_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Gives the calling thread a name of at most 15 bytes, for debuggers and `top`.
void walle_thread_name(const char *name);
/// Processors the calling thread may run on, at least 1.
int walle_thread_processors(void);
/// Threads that are to compute: what the variable `WALLE_THREADS` says where it is set, else as many as processors.
int walle_thread_setting(void);

/// The monotonic clock.
int64_t walle_thread_nanoseconds(void);
/// CPU time of the calling thread.
int64_t walle_thread_cpu_nanoseconds(void);

/// Work of a thread that may end before it is done.
typedef struct {
    /// Whether it shall; looked at about every tenth of a millisecond.
    bool (*is_asked)(const void *context);
    const void *context;
    /// That it was asked, and will not finish.
    bool happened;
} walle_interruption;

extern _Thread_local walle_interruption *walle_thread_interruption;

/// What the calling thread's work can be ended by; NULL when by nothing.
static inline walle_interruption *walle_interruption_current(void) { return walle_thread_interruption; }
static inline void walle_interruption_set(walle_interruption *interruption) { walle_thread_interruption = interruption; }
/// Whether the calling thread's work shall end early. Once it is true, it stays so.
static inline bool walle_is_interrupted(void) {
    walle_interruption *current = walle_thread_interruption;
    if (current == NULL) return false;
    if (!current->happened) current->happened = current->is_asked(current->context);
    return current->happened;
}

/// Between two looks at a variable that another thread is about to change.
static inline void walle_thread_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb"); // `yield` returns at once on most cores
#endif
}

#endif
