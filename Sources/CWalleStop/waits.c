// Waits that a stop ends.
#define _GNU_SOURCE
#include "stop_state.h"

#include <poll.h>
#include <signal.h>

int walle_stop_raise_pending(void) {
    PyThreadState *state = PyThreadState_GetUnchecked();
    PyObject *class = __atomic_exchange_n(&state->async_exc, NULL, __ATOMIC_ACQ_REL);
    if (!class) return 0;
    PyErr_SetNone(class);
    Py_DECREF(class);
    return -1;
}

void walle_stop_nudge(walle_stop *stop) {
    if (LOAD(stop->run) != 0) pthread_kill(stop->thread, walle_stop_signal());
}

static void wait_for_stop(walle_stop *stop, int64_t nanoseconds) {
    struct pollfd watched = {.fd = stop ? stop->descriptor : -1, .events = POLLIN};
    struct timespec timeout = {.tv_sec = nanoseconds / billion, .tv_nsec = nanoseconds % billion};
    Py_BEGIN_ALLOW_THREADS
    ppoll(&watched, 1, &timeout, NULL);
    Py_END_ALLOW_THREADS
}

int walle_stop_sleep(walle_stop *stop, int64_t nanoseconds) {
    const int64_t slice = 50000000;
    int64_t until = now_on(CLOCK_MONOTONIC) + nanoseconds, left = nanoseconds;
    // The descriptor tells of the run's stop; threads the task started are not the run and look from time to time.
    bool is_run = PyThreadState_GetUnchecked() == stop->state;
    do {
        wait_for_stop(is_run ? stop : NULL, is_run || left < slice ? left : slice);
        if (walle_stop_raise_pending() < 0) return -1;
        // Raised already and swallowed: the next line or the next step raises again.
        if (is_run && walle_stop_is_asked(stop)) return 0;
        left = until - now_on(CLOCK_MONOTONIC);
    } while (left > 0);
    return 0;
}

int walle_stop_wait(walle_stop *stop, int descriptor, short events, int64_t nanoseconds) {
    const int64_t slice = 50000000;
    int64_t until = nanoseconds < 0 ? never : now_on(CLOCK_MONOTONIC) + nanoseconds;
    bool is_run = PyThreadState_GetUnchecked() == stop->state;
    while (true) {
        struct pollfd watched[] = {
            {.fd = descriptor, .events = events}, {.fd = is_run ? stop->descriptor : -1, .events = POLLIN}};
        int64_t left = until == never ? never : until - now_on(CLOCK_MONOTONIC);
        int64_t time = left < 0 ? 0 : left < slice || (is_run && left != never) ? left : is_run ? never : slice;
        struct timespec timeout = {.tv_sec = time / billion, .tv_nsec = time % billion};
        Py_BEGIN_ALLOW_THREADS
        ppoll(watched, 2, &timeout, NULL);
        Py_END_ALLOW_THREADS
        if (walle_stop_raise_pending() < 0) return -1;
        if (watched[0].revents) return watched[0].revents;
        // Raised already and swallowed: the next line or the next step raises again.
        if (is_run && walle_stop_is_asked(stop)) return 0;
        if (until != never && now_on(CLOCK_MONOTONIC) >= until) return 0;
    }
}
