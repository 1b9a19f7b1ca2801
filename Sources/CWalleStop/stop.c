#define _GNU_SOURCE
#include "stop_state.h"

#include "walle_heap.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// From CPython's internal pycore_ceval.h; the same in 3.13 and 3.14.
enum { async_exception_bit = 1 << 3 };

static const int64_t retry_ns = 1000000;
// A forced thread may wait for the GIL behind others, or for a core: only after this is it called unresponsive.
static const int64_t patience_ns = slowness * 100000000;

__thread walle_stop *walle_stop_of_thread;

UNSEEN static void arm(timer_t timer, int64_t at) {
    if (at < 1) at = 1;
    struct itimerspec when; // an initialiser could be a call of memset, which must not be made here: see unseen.h
    when.it_interval.tv_sec = when.it_interval.tv_nsec = 0;
    when.it_value.tv_sec = at / billion;
    when.it_value.tv_nsec = at % billion;
    DIRECTLY(timer_settime)(timer, TIMER_ABSTIME, &when, NULL);
}

UNSEEN static void arm_wall(walle_stop *stop, int64_t at) {
    stop->armed = at;
    arm(stop->wall_timer, at);
}

// MARK: in the handler

/// What PyThreadState_SetAsyncExc does, without its lock. The reference given away was taken beforehand.
UNSEEN static void leave_exception(walle_stop *stop, PyObject *class, bool *spent) {
    if (*spent) return;
    PyObject *old = __atomic_exchange_n(&stop->state->async_exc, class, __ATOMIC_ACQ_REL);
    *spent = true;
    if (old == stop->asked) stop->asked_spent = false;
    __atomic_fetch_or(&stop->state->eval_breaker, async_exception_bit, __ATOMIC_ACQ_REL);
}

/// Nanoseconds that the thread was ready to run and had no core; 0 where the kernel does not tell.
UNSEEN static int64_t wait_for_core(const walle_stop *stop) {
    char text[96]; // "<ns on a core> <ns waiting for one> <times>"
    ssize_t size = stop->schedstat < 0 ? 0 : DIRECTLY(pread)(stop->schedstat, text, sizeof text - 1, 0);
    if (size <= 0) return 0;
    text[size] = 0;
    const char *digit = text;
    while (*digit && *digit != ' ') digit++;
    int64_t wait = 0;
    if (*digit) digit++;
    for (; *digit >= '0' && *digit <= '9'; digit++) wait = wait * 10 + (*digit - '0');
    return wait;
}

UNSEEN static void take_step(walle_stop *stop, int step, int64_t now, int64_t due) {
    stop->lateness[step] = now - due;
    STORE(stop->step, step);
    if (step == walle_step_asked) leave_exception(stop, stop->asked, &stop->asked_spent);
    if (step == walle_step_forced) leave_exception(stop, stop->forced, &stop->forced_spent);
    if (step < walle_step_unresponsive) {
        bool is_last = step == walle_step_forced;
        stop->next_step = now + (is_last && stop->grace < patience_ns ? patience_ns : stop->grace);
        stop->step_wait = wait_for_core(stop);
        arm_wall(stop, stop->next_step);
        uint64_t one = 1;
        if (DIRECTLY(write)(stop->descriptor, &one, sizeof one) < 0) {} // full means readable already
    }
    DIRECTLY(sem_post)(stop->watcher);
}

/// A timer that fired before its run was due is set again.
UNSEEN static void keep_armed(walle_stop *stop, int64_t now) {
    if (stop->armed <= now) {
        if (stop->deadline == never) stop->armed = never;
        else arm_wall(stop, stop->deadline);
    }
    if (stop->cpu_deadline != never && stop->cpu_armed < stop->cpu_deadline) {
        stop->cpu_armed = stop->cpu_deadline;
        arm(stop->cpu_timer, stop->cpu_deadline);
    }
}

UNSEEN static void ask_if_due(walle_stop *stop, uint64_t run) {
    int64_t now = now_on(CLOCK_MONOTONIC), due = now;
    uint64_t request = LOAD(stop->request);
    int reason = walle_stop_none;
    if (request >> 8 == run) {
        reason = (int)(request & 0xFF);
    } else if (now >= stop->deadline) {
        reason = walle_stop_time;
        due = stop->deadline;
    } else if (stop->cpu_deadline != never && now_on(CLOCK_THREAD_CPUTIME_ID) >= stop->cpu_deadline) {
        reason = walle_stop_cpu;
    }
    if (reason) {
        STORE(stop->reason, reason);
        take_step(stop, walle_step_asked, now, due);
    } else {
        keep_armed(stop, now);
    }
}

/// When all cores are busy, a thread may have none of them for longer than its grace: then it could not react.
UNSEEN static void step_if_due(walle_stop *stop, int step, int64_t now) {
    int64_t due = stop->next_step + wait_for_core(stop) - stop->step_wait;
    if (now >= due) take_step(stop, step, now, due);
    else arm_wall(stop, due);
}

UNSEEN static void handle(int signal, siginfo_t *info, void *context) {
    walle_stop *stop = walle_stop_of_thread;
    if (!stop) return;
    int error = errno;
    uint64_t run = stop->run;
    int step = stop->step;
    if (stop->is_ending && PyThreadState_GetUnchecked() != stop->state) {
        // The thread state may be gone: look again until the stop is destroyed.
        arm_wall(stop, now_on(CLOCK_MONOTONIC) + retry_ns);
    } else if (run == 0 || stop->paused_at) {
        if (stop->armed <= now_on(CLOCK_MONOTONIC)) stop->armed = never;
        stop->cpu_armed = never;
        // A consumer that goes away while the run waits for it still ends the run.
        if (run != 0 && LOAD(stop->request) >> 8 == run && step == walle_step_running) ask_if_due(stop, run);
    } else if (step == walle_step_running) {
        ask_if_due(stop, run);
    } else if (step < walle_step_unresponsive) {
        int64_t now = now_on(CLOCK_MONOTONIC);
        bool is_urgent = step == walle_step_asked && LOAD(stop->urgent) == run;
        if (is_urgent) take_step(stop, walle_step_forced, now, now);
        else if (now >= stop->next_step) step_if_due(stop, step + 1, now);
    }
    errno = error;
}

// MARK: the signal

static int chosen_signal = -1;
static pthread_once_t choose_once = PTHREAD_ONCE_INIT;

static void choose_signal(void) {
    for (int signal = SIGRTMAX - 2; signal > SIGRTMIN; signal--) {
        struct sigaction old;
        if (sigaction(signal, NULL, &old) != 0 || old.sa_handler != SIG_DFL) continue;
        // No SA_RESTART: a wait must return. No mask: nothing else is held up.
        struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
        sigemptyset(&action.sa_mask);
        if (DIRECTLY(sigaction)(signal, &action, NULL) != 0) continue;
        chosen_signal = signal;
        return;
    }
}

int walle_stop_signal(void) {
    pthread_once(&choose_once, choose_signal);
    return chosen_signal;
}

static int make_timer(clockid_t clock, timer_t *timer) {
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = walle_stop_signal()};
    event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
    return timer_create(clock, &event, timer);
}

// MARK: life

walle_stop *walle_stop_create(sem_t *watcher) {
    if (walle_stop_signal() < 0) {
        errno = EAGAIN;
        return NULL;
    }
    walle_stop *stop = calloc(1, sizeof *stop);
    if (!stop) return NULL;
    stop->thread = pthread_self();
    stop->state = PyThreadState_GetUnchecked();
    stop->watcher = watcher;
    stop->armed = stop->cpu_armed = never;
    stop->descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    stop->schedstat = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
    bool has_wall = stop->descriptor >= 0 && make_timer(CLOCK_MONOTONIC, &stop->wall_timer) == 0;
    // Now, though few runs have a limit of CPU time: one that cannot be kept must not be found out later.
    if (!has_wall || make_timer(CLOCK_THREAD_CPUTIME_ID, &stop->cpu_timer) != 0) {
        if (has_wall) timer_delete(stop->wall_timer);
        if (stop->descriptor >= 0) close(stop->descriptor);
        if (stop->schedstat >= 0) close(stop->schedstat);
        free(stop);
        return NULL;
    }
    walle_stop_of_thread = stop;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, walle_stop_signal());
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    return stop;
}

void walle_stop_destroy(walle_stop *stop) {
    walle_stop_of_thread = NULL;
    timer_delete(stop->wall_timer);
    timer_delete(stop->cpu_timer);
    close(stop->descriptor);
    if (stop->schedstat >= 0) close(stop->schedstat);
    free(stop);
}

void walle_stop_set_classes(walle_stop *stop, PyObject *asked, PyObject *forced) {
    stop->asked = Py_NewRef(asked);
    stop->forced = Py_NewRef(forced);
}

// MARK: runs

void walle_stop_begin(walle_stop *stop, uint64_t run, int64_t wall_ns, int64_t cpu_ns, int64_t grace_ns) {
    STORE(stop->step, walle_step_running);
    STORE(stop->reason, walle_stop_none);
    stop->grace = grace_ns;
    stop->paused_at = 0;
    stop->file[0] = 0;
    stop->deadline = wall_ns > 0 ? now_on(CLOCK_MONOTONIC) + wall_ns : never;
    stop->cpu_start = 0;
    stop->cpu_deadline = never;
    if (cpu_ns > 0) {
        stop->cpu_start = now_on(CLOCK_THREAD_CPUTIME_ID);
        stop->cpu_deadline = stop->cpu_start + cpu_ns;
    }
    __atomic_store_n(&stop->run, run, __ATOMIC_SEQ_CST);
    // The handler may already have looked; a timer that fires too early finds nothing due and arms itself again, so
    // back-to-back runs seldom need a system call.
    if (stop->deadline < stop->armed) arm_wall(stop, stop->deadline);
    if (stop->cpu_deadline < stop->cpu_armed) {
        stop->cpu_armed = stop->cpu_deadline;
        arm(stop->cpu_timer, stop->cpu_deadline);
    }
    if (LOAD(stop->request) >> 8 == run && LOAD(stop->step) == walle_step_running) raise(chosen_signal);
}

void walle_stop_begin_ending(walle_stop *stop, uint64_t run, int64_t wall_ns, int64_t grace_ns) {
    stop->is_ending = true;
    walle_stop_begin(stop, run, wall_ns, 0, grace_ns);
}

static void drain_descriptor(walle_stop *stop) {
    uint64_t count;
    if (read(stop->descriptor, &count, sizeof count) < 0) {} // empty
}

int walle_stop_end(walle_stop *stop) {
    STORE(stop->run, 0);
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    // The handler does nothing any more.
    if (stop->cpu_deadline != never) stop->cpu_armed = never;
    if (stop->step == walle_step_running) return walle_stop_none;
    PyObject *left = __atomic_exchange_n(&stop->state->async_exc, NULL, __ATOMIC_ACQ_REL);
    if (left == stop->asked) stop->asked_spent = false;
    else if (left == stop->forced) stop->forced_spent = false;
    else Py_XDECREF(left);
    if (stop->asked_spent) Py_INCREF(stop->asked);
    if (stop->forced_spent) Py_INCREF(stop->forced);
    stop->asked_spent = stop->forced_spent = false;
    drain_descriptor(stop);
    STORE(stop->step, walle_step_running);
    return stop->reason;
}

void walle_stop_pause(walle_stop *stop) {
    stop->paused_at = now_on(CLOCK_MONOTONIC);
}

void walle_stop_resume(walle_stop *stop) {
    int64_t paused = now_on(CLOCK_MONOTONIC) - stop->paused_at;
    if (stop->deadline != never) stop->deadline += paused;
    stop->paused_at = 0;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    if (stop->deadline < stop->armed) arm_wall(stop, stop->deadline);
    if (LOAD(stop->request) >> 8 == stop->run && LOAD(stop->step) == walle_step_running) raise(chosen_signal);
}

void walle_stop_request(walle_stop *stop, uint64_t run, int reason) {
    // Stored even if the run has not begun: `begin` looks after it has made the run known, so one of both sees the other.
    __atomic_store_n(&stop->request, run << 8 | (uint64_t)reason, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&stop->run, __ATOMIC_SEQ_CST) == run) pthread_kill(stop->thread, chosen_signal);
}

void walle_stop_force_current(walle_stop *stop, int reason) {
    STORE(stop->urgent, LOAD(stop->run));
    walle_stop_request_current(stop, reason);
}

void walle_stop_request_current(walle_stop *stop, int reason) {
    uint64_t run = LOAD(stop->run);
    if (run) walle_stop_request(stop, run, reason);
}

// MARK: queries

int walle_stop_step(const walle_stop *stop) {
    return LOAD(stop->step);
}

int walle_stop_reason(const walle_stop *stop) {
    return LOAD(stop->reason);
}

uint64_t walle_stop_run(const walle_stop *stop) {
    return LOAD(stop->run);
}

int64_t walle_stop_lateness_ns(const walle_stop *stop, int step) {
    return stop->lateness[step];
}

int64_t walle_stop_cpu_used_ns(const walle_stop *stop) {
    return now_on(CLOCK_THREAD_CPUTIME_ID) - stop->cpu_start;
}

int walle_stop_descriptor(const walle_stop *stop) {
    return stop->descriptor;
}

bool walle_stop_is_asked(const walle_stop *stop) {
    return LOAD(stop->step) != walle_step_running;
}
