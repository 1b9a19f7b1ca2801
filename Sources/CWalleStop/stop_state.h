// What the files of this target know of a stop; nobody else does.
#ifndef WALLE_STOP_STATE_H
#define WALLE_STOP_STATE_H

#include <Python.h>

#include "unseen.h"
#include "walle_stop.h"

#include <pthread.h>
#include <time.h>

enum { steps = walle_step_unresponsive + 1 };

static const int64_t never = INT64_MAX;
static const int64_t billion = 1000000000;

struct walle_stop {
    pthread_t thread;
    PyThreadState *state;
    PyObject *asked, *forced;
    bool asked_spent, forced_spent; // the reference the handler may give away is gone
    int descriptor;
    timer_t wall_timer, cpu_timer;
    bool is_ending; // Py_EndInterpreter runs
    sem_t *watcher;

    // Written by the run's thread and its handler, which cannot overlap; read by others.
    uint64_t run;
    int64_t deadline; // of the run, on the monotonic clock
    int64_t cpu_deadline; // of the run, on the thread's CPU clock
    int64_t cpu_start;
    int64_t grace;
    int64_t next_step; // when the step after the present one is due
    int64_t step_wait; // how long the thread had waited for a core at the present step
    int schedstat; // the kernel's word on that, or -1
    int64_t armed; // when the wall timer fires
    int64_t cpu_armed;
    int64_t paused_at;
    int step;
    int reason;
    int64_t lateness[steps];

    // Where step two found the script.
    char file[256], function[128];
    int line;

    // Written by any thread: the run in the high 56 bits, the reason in the low 8.
    uint64_t request;
    // The run that is forced without grace.
    uint64_t urgent;
};

/// The stop of the calling thread, when that is a VM's own.
extern __thread walle_stop *walle_stop_of_thread;

#define LOAD(field) __atomic_load_n(&(field), __ATOMIC_ACQUIRE)
#define STORE(field, value) __atomic_store_n(&(field), (value), __ATOMIC_RELEASE)

UNSEEN static inline int64_t now_on(clockid_t clock) {
    struct timespec time;
    DIRECTLY(clock_gettime)(clock, &time);
    return time.tv_sec * billion + time.tv_nsec;
}

#endif
