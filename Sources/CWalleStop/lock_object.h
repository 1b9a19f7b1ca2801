// What the two kinds of lock share; nobody else knows of it.
#ifndef WALLE_LOCK_OBJECT_H
#define WALLE_LOCK_OBJECT_H

#include <Python.h>

typedef struct {
    PyObject_HEAD
    uint32_t locked;
    uint32_t waiters;
    PyObject *weak_references;
} lock_object;

/// 1 when acquired, 0 when the time is over, -1 with an exception set. `nanoseconds` below 0: no limit.
int walle_lock_acquire(lock_object *lock, int64_t nanoseconds);
/// Unlocks a lock that is locked.
void walle_lock_release(lock_object *lock);
/// Reads the arguments of acquire(blocking=True, timeout=-1); -1 with an exception set.
int walle_lock_read_arguments(PyObject *const *arguments, Py_ssize_t count, PyObject *names, int64_t *nanoseconds);
void walle_lock_dealloc(PyObject *self);

#endif
