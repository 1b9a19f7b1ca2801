// Stops what an interpreter's thread is running, from a timer signal on that very thread.
//
// A watchdog thread is late by milliseconds when every core is busy; a timer signal (SIGEV_THREAD_ID) interrupts the
// thread itself. The handler may do almost nothing, but one thing it may do is what PyThreadState_SetAsyncExc does with
// two atomic operations: leave an exception class in the thread state and set the bit that makes the evaluation loop
// look. Since handler and run share a thread, a run that has ended can never be hit by its own late stop.
//
// Step one raises one exception, so that `finally` and `with` run. If the run goes on, step two, after the grace,
// raises a class whose construction installs a trace function that raises at every line: that cannot be swallowed. If
// even that does not end the run, it sits in C code, and the watcher is told.
#ifndef WALLE_STOP_H
#define WALLE_STOP_H

#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

enum {
    walle_stop_none = 0,
    walle_stop_time,
    walle_stop_cpu,
    walle_stop_memory,
    walle_stop_output,
    walle_stop_cancelled,
    walle_stop_drain,
    walle_stop_shutdown,
    walle_stop_threads,
};

enum {
    walle_step_running = 0,
    walle_step_asked, // one exception was raised
    walle_step_forced, // the sticky trace was raised
    walle_step_unresponsive, // neither helped in time
};

// Python.h is not included: it would become part of this module for Swift, beside CWallePython's.
struct _object;

typedef struct walle_stop walle_stop;

/// The signal used, chosen at the first call; -1 when every real-time signal is taken.
int walle_stop_signal(void);

/// For the calling thread, whose current thread state runs the scripts; NULL with errno set. `watcher` is posted at
/// each step, and must live as long as the process.
walle_stop *walle_stop_create(sem_t *watcher);
/// On the creating thread.
void walle_stop_destroy(walle_stop *stop);

/// Sets the classes to raise (borrowed; they must outlive the stop). On the creating thread.
void walle_stop_set_classes(walle_stop *stop, struct _object *asked, struct _object *forced);
/// A new exception type whose construction installs the sticky trace. On a thread of the interpreter.
struct _object *walle_stop_make_forced_class(struct _object *base, const char *name);

/// Starts run `run` (not 0). Durations in nanoseconds; 0 means no limit. On the creating thread.
void walle_stop_begin(walle_stop *stop, uint64_t run, int64_t wall_ns, int64_t cpu_ns, int64_t grace_ns);
/// Starts the last run, inside which the thread state goes away. On the creating thread.
void walle_stop_begin_ending(walle_stop *stop, uint64_t run, int64_t wall_ns, int64_t grace_ns);
/// Ends it and takes back a stop not yet delivered. Returns the reason it was stopped for. On the creating thread.
int walle_stop_end(walle_stop *stop);

/// Time stands still between these: for a generator that waits for its consumer. On the creating thread.
void walle_stop_pause(walle_stop *stop);
void walle_stop_resume(walle_stop *stop);

/// Asks for a stop of run `run`; nothing happens when it is over. Any thread; the interpreter's thread must be alive.
void walle_stop_request(walle_stop *stop, uint64_t run, int reason);
/// The same on any thread of the interpreter and inside an allocation: no locks, no allocation.
void walle_stop_request_current(walle_stop *stop, int reason);

/// The same, and step two without grace when step one was taken: the run takes memory too fast to be waited for.
void walle_stop_force_current(walle_stop *stop, int reason);

/// Wakes the thread from a wait that ignores the exception, once; the watcher repeats it until the run ends.
/// Any thread but the interpreter's; the interpreter's thread must be alive.
void walle_stop_nudge(walle_stop *stop);

/// Tells the processor that this is a spin loop.
static inline void walle_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// Names the calling thread, in at most 15 bytes.
void walle_thread_set_name(const char *name);

/// The monotonic clock.
int64_t walle_monotonic_ns(void);
/// What a clock shows, such as that of a thread's CPU time.
int64_t walle_clock_ns(clockid_t clock);

/// What the thread belongs to: a pointer of the caller's choice, NULL at first.
void *walle_thread_owner(void);
void walle_thread_set_owner(void *owner);

/// What the arrays of the thread's interpreter have in common; NULL but on a VM's own thread. Asked for at every call
/// of an array, so it is read in place.
extern __thread void *walle_arrays_of_thread;
static inline void *walle_thread_arrays(void) { return walle_arrays_of_thread; }
void walle_thread_set_arrays(void *arrays);

int walle_stop_step(const walle_stop *stop);
int walle_stop_reason(const walle_stop *stop);
uint64_t walle_stop_run(const walle_stop *stop);
/// Nanoseconds from what was due to the step taken, of the last run that was stopped.
int64_t walle_stop_lateness_ns(const walle_stop *stop, int step);
/// CPU time of the current run so far. On the creating thread.
int64_t walle_stop_cpu_used_ns(const walle_stop *stop);
/// Readable while the run is being stopped; waits that can watch a descriptor watch this one.
int walle_stop_descriptor(const walle_stop *stop);
/// True when the run is being stopped. Any thread.
bool walle_stop_is_asked(const walle_stop *stop);

/// True while step two installs its trace on this thread: an audit hook must let that pass.
bool walle_stop_is_forcing(void);

/// Where the script was when step two came: file, function and line; false when it did not come or is unknown.
bool walle_stop_place(const walle_stop *stop, const char **file, const char **function, int *line);

/// Raises in a thread that waited what the evaluation loop would raise next: 0 when nothing is due, or -1.
int walle_stop_raise_pending(void);

/// Sleeps with the GIL released until the time is over or the calling thread shall stop. 0, or -1 with an exception
/// set. On any thread of the interpreter.
int walle_stop_sleep(walle_stop *stop, int64_t nanoseconds);

/// Waits with the GIL released until `descriptor` has one of `events` of poll(2), the time is over (below 0: never) or
/// the calling thread shall stop. The events, 0, or -1 with an exception set. On any thread of the interpreter.
int walle_stop_wait(walle_stop *stop, int descriptor, short events, int64_t nanoseconds);

/// A new `_thread.lock` type whose waits a stop ends; NULL with an exception set.
struct _object *walle_lock_make_type(void);
/// The same for `_thread.RLock`.
struct _object *walle_lock_make_recursive_type(void);

#endif
