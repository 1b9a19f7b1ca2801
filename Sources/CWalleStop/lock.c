// `_thread.lock` whose waits a stop can end. CPython's own lock parks the thread and retries when a signal comes, unless
// it is in the main interpreter. Under the GIL a lock is one word; only waiting needs more.
#define _GNU_SOURCE
#include "lock_object.h"

#include "walle_stop.h"

#include <linux/futex.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const int64_t billion = 1000000000;
// Threads of a task get no signals; they look whether they shall end this often.
static const int64_t slice_ns = 50000000;

static void wait_while_locked(lock_object *lock, int64_t nanoseconds) {
    struct timespec timeout = {.tv_sec = nanoseconds / billion, .tv_nsec = nanoseconds % billion};
    Py_BEGIN_ALLOW_THREADS
    syscall(SYS_futex, &lock->locked, FUTEX_WAIT_PRIVATE, 1, &timeout, NULL, 0);
    Py_END_ALLOW_THREADS
}

static void wake_one(lock_object *lock) {
    if (lock->waiters) syscall(SYS_futex, &lock->locked, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

int walle_lock_acquire(lock_object *lock, int64_t nanoseconds) {
    if (!lock->locked) {
        lock->locked = 1;
        return 1;
    }
    if (nanoseconds == 0) return 0;
    int64_t end = nanoseconds < 0 ? INT64_MAX : walle_monotonic_ns() + nanoseconds;
    int result = 0;
    lock->waiters++;
    do {
        int64_t left = end == INT64_MAX ? slice_ns : end - walle_monotonic_ns();
        if (left <= 0) break;
        wait_while_locked(lock, left < slice_ns ? left : slice_ns);
        result = walle_stop_raise_pending();
        if (result == 0 && !lock->locked) {
            lock->locked = 1;
            result = 1;
        }
    } while (result == 0);
    lock->waiters--;
    // The wake-up this thread leaves unused belongs to another.
    if (result < 0 && !lock->locked) wake_one(lock);
    return result;
}

void walle_lock_release(lock_object *lock) {
    lock->locked = 0;
    wake_one(lock);
}

static int parse_timeout(PyObject *blocking, PyObject *timeout, int64_t *nanoseconds) {
    int blocks = blocking ? PyObject_IsTrue(blocking) : 1;
    if (blocks < 0) return -1;
    double seconds = timeout ? PyFloat_AsDouble(timeout) : -1;
    if (seconds == -1 && PyErr_Occurred()) return -1;
    if (!blocks && seconds != -1) {
        PyErr_SetString(PyExc_ValueError, "can't specify a timeout for a non-blocking call");
        return -1;
    }
    if (seconds < 0 && seconds != -1) {
        PyErr_SetString(PyExc_ValueError, "timeout value must be a non-negative number");
        return -1;
    }
    if (seconds > 4e9) {
        PyErr_SetString(PyExc_OverflowError, "timeout value is too large");
        return -1;
    }
    *nanoseconds = !blocks ? 0 : seconds == -1 ? -1 : (int64_t)(seconds * 1e9);
    return 0;
}

int walle_lock_read_arguments(PyObject *const *arguments, Py_ssize_t count, PyObject *names, int64_t *nanoseconds) {
    PyObject *values[2] = {NULL, NULL};
    Py_ssize_t named = names ? PyTuple_GET_SIZE(names) : 0;
    if (count + named > 2) {
        PyErr_SetString(PyExc_TypeError, "acquire() takes at most 2 arguments");
        return -1;
    }
    for (Py_ssize_t index = 0; index < count; index++) values[index] = arguments[index];
    for (Py_ssize_t index = 0; index < named; index++) {
        PyObject *name = PyTuple_GET_ITEM(names, index);
        int slot = PyUnicode_EqualToUTF8(name, "blocking") ? 0 : PyUnicode_EqualToUTF8(name, "timeout") ? 1 : -1;
        if (slot < 0) {
            PyErr_Format(PyExc_TypeError, "acquire() got an unexpected keyword argument '%U'", name);
            return -1;
        }
        values[slot] = arguments[count + index];
    }
    return parse_timeout(values[0], values[1], nanoseconds);
}

static PyObject *lock_acquire(PyObject *self, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
    int64_t nanoseconds;
    if (walle_lock_read_arguments(arguments, count, names, &nanoseconds) < 0) return NULL;
    int result = walle_lock_acquire((lock_object *)self, nanoseconds);
    return result < 0 ? NULL : PyBool_FromLong(result);
}

static PyObject *lock_release(PyObject *self, PyObject *unused) {
    lock_object *lock = (lock_object *)self;
    if (!lock->locked) {
        PyErr_SetString(PyExc_RuntimeError, "release unlocked lock");
        return NULL;
    }
    walle_lock_release(lock);
    Py_RETURN_NONE;
}

static PyObject *lock_locked(PyObject *self, PyObject *unused) {
    return PyBool_FromLong(((lock_object *)self)->locked);
}

static PyObject *lock_enter(PyObject *self, PyObject *unused) {
    return walle_lock_acquire((lock_object *)self, -1) < 0 ? NULL : Py_True;
}

static PyObject *lock_exit(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {
    return lock_release(self, NULL);
}

static PyObject *lock_reinit(PyObject *self, PyObject *unused) {
    ((lock_object *)self)->locked = 0;
    Py_RETURN_NONE;
}

static PyObject *lock_repr(PyObject *self) {
    return PyUnicode_FromFormat(
        "<%s %s object at %p>", ((lock_object *)self)->locked ? "locked" : "unlocked", Py_TYPE(self)->tp_name, self);
}

void walle_lock_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    if (((lock_object *)self)->weak_references) PyObject_ClearWeakRefs(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {
    {"acquire", (PyCFunction)(void *)lock_acquire, METH_FASTCALL | METH_KEYWORDS,
     "acquire($self, blocking=True, timeout=-1)\n--\n\nLock the lock; wait for it unless told otherwise.\n\n"
     "Returns whether it was locked. A stop of the run ends the wait."},
    {"release", lock_release, METH_NOARGS, "release($self)\n--\n\nUnlock the lock; any thread may."},
    {"locked", lock_locked, METH_NOARGS, "locked($self)\n--\n\nTell whether the lock is locked."},
    {"__enter__", lock_enter, METH_NOARGS, "Lock the lock."},
    {"__exit__", (PyCFunction)(void *)lock_exit, METH_FASTCALL, "Unlock the lock."},
    {"_at_fork_reinit", lock_reinit, METH_NOARGS, NULL},
    {0},
};

static PyMemberDef members[] = {
    {"__weaklistoffset__", Py_T_PYSSIZET, offsetof(lock_object, weak_references), Py_READONLY},
    {0},
};

PyObject *walle_lock_make_type(void) {
    PyType_Slot slots[] = {
        {Py_tp_dealloc, walle_lock_dealloc}, {Py_tp_repr, lock_repr}, {Py_tp_methods, methods}, {Py_tp_members, members},
        {Py_tp_doc, "A lock that threads of a task share."}, {0, NULL},
    };
    PyType_Spec spec = {
        .name = "_thread.lock",
        .basicsize = sizeof(lock_object),
        .flags = Py_TPFLAGS_DEFAULT,
        .slots = slots,
    };
    return PyType_FromSpec(&spec);
}
