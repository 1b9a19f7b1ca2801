// What threads need that Swift cannot call: the C library shows it only with _GNU_SOURCE, or it is an instruction.
#ifndef WALLE_THREADS_H
#define WALLE_THREADS_H

/// Gives the calling thread a name of at most 15 bytes, for debuggers and `top`.
void walle_thread_name(const char *name);
/// Processors the calling thread may run on, at least 1.
int walle_thread_processors(void);
/// Threads that are to compute: what the variable `WALLE_THREADS` says where it is set, else as many as processors.
int walle_thread_setting(void);

/// Between two looks at a variable that another thread is about to change.
static inline void walle_thread_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb"); // `yield` returns at once on most cores
#endif
}

#endif
