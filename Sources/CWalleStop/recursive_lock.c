// `_thread.RLock` whose waits a stop can end. CPython 3.14 runs nothing of a VM while its own waits.
#include "lock_object.h"

#include "walle_stop.h"

#include <stddef.h>

typedef struct {
    lock_object lock;
    unsigned long owner; // 0: unlocked
    size_t count;
} recursive_lock;

static bool is_mine(const recursive_lock *self) {
    return self->owner == PyThread_get_thread_ident();
}

static int acquire(recursive_lock *self, int64_t nanoseconds) {
    if (!is_mine(self)) {
        int result = walle_lock_acquire(&self->lock, nanoseconds);
        if (result <= 0) return result;
        self->owner = PyThread_get_thread_ident();
    }
    self->count++;
    return 1;
}

static int check_owned(const recursive_lock *self, const char *message) {
    if (is_mine(self)) return 0;
    PyErr_SetString(PyExc_RuntimeError, message);
    return -1;
}

static void unlock(recursive_lock *self) {
    self->owner = 0;
    self->count = 0;
    walle_lock_release(&self->lock);
}

static PyObject *rlock_acquire(PyObject *self, PyObject *const *arguments, Py_ssize_t count, PyObject *names) {
    int64_t nanoseconds;
    if (walle_lock_read_arguments(arguments, count, names, &nanoseconds) < 0) return NULL;
    int result = acquire((recursive_lock *)self, nanoseconds);
    return result < 0 ? NULL : PyBool_FromLong(result);
}

static PyObject *rlock_release(PyObject *object, PyObject *unused) {
    recursive_lock *self = (recursive_lock *)object;
    if (check_owned(self, "cannot release un-acquired lock") < 0) return NULL;
    if (self->count > 1) self->count--;
    else unlock(self);
    Py_RETURN_NONE;
}

static PyObject *rlock_enter(PyObject *self, PyObject *unused) {
    return acquire((recursive_lock *)self, -1) < 0 ? NULL : Py_True;
}

static PyObject *rlock_exit(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {
    return rlock_release(self, NULL);
}

static PyObject *rlock_locked(PyObject *self, PyObject *unused) {
    return PyBool_FromLong(((recursive_lock *)self)->owner != 0);
}

static PyObject *rlock_is_owned(PyObject *self, PyObject *unused) {
    return PyBool_FromLong(is_mine((recursive_lock *)self));
}

static PyObject *rlock_recursion_count(PyObject *object, PyObject *unused) {
    recursive_lock *self = (recursive_lock *)object;
    return PyLong_FromSize_t(is_mine(self) ? self->count : 0);
}

// Condition.wait lets go of the lock, however often it was acquired, and takes it back as often.

static PyObject *rlock_release_save(PyObject *object, PyObject *unused) {
    recursive_lock *self = (recursive_lock *)object;
    if (check_owned(self, "cannot release un-acquired lock") < 0) return NULL;
    PyObject *state = Py_BuildValue("kk", (unsigned long)self->count, self->owner);
    if (state) unlock(self);
    return state;
}

static PyObject *rlock_acquire_restore(PyObject *object, PyObject *state) {
    recursive_lock *self = (recursive_lock *)object;
    unsigned long count, owner;
    if (!PyArg_ParseTuple(state, "(kk):_acquire_restore", &count, &owner)) return NULL;
    if (walle_lock_acquire(&self->lock, -1) < 0) return NULL;
    self->owner = owner;
    self->count = count;
    Py_RETURN_NONE;
}

static PyObject *rlock_reinit(PyObject *object, PyObject *unused) {
    recursive_lock *self = (recursive_lock *)object;
    self->owner = 0;
    self->count = 0;
    self->lock.locked = 0;
    Py_RETURN_NONE;
}

static PyObject *rlock_repr(PyObject *object) {
    recursive_lock *self = (recursive_lock *)object;
    return PyUnicode_FromFormat(
        "<%s %s object owner=%lu count=%zu at %p>", self->owner ? "locked" : "unlocked", Py_TYPE(object)->tp_name,
        self->owner, self->count, object);
}

static PyMethodDef methods[] = {
    {"acquire", (PyCFunction)(void *)rlock_acquire, METH_FASTCALL | METH_KEYWORDS,
     "acquire($self, blocking=True, timeout=-1)\n--\n\nLock the lock, once more if this thread has it; wait for it "
     "unless told otherwise.\n\nReturns whether it was locked. A stop of the run ends the wait."},
    {"release", rlock_release, METH_NOARGS,
     "release($self)\n--\n\nUnlock the lock as often as it was locked; only its owner may."},
    {"locked", rlock_locked, METH_NOARGS, "locked($self)\n--\n\nTell whether the lock is locked."},
    {"__enter__", rlock_enter, METH_NOARGS, "Lock the lock."},
    {"__exit__", (PyCFunction)(void *)rlock_exit, METH_FASTCALL, "Unlock the lock."},
    {"_is_owned", rlock_is_owned, METH_NOARGS, NULL},
    {"_recursion_count", rlock_recursion_count, METH_NOARGS, NULL},
    {"_release_save", rlock_release_save, METH_NOARGS, NULL},
    {"_acquire_restore", rlock_acquire_restore, METH_VARARGS, NULL},
    {"_at_fork_reinit", rlock_reinit, METH_NOARGS, NULL},
    {0},
};

static PyMemberDef members[] = {
    {"__weaklistoffset__", Py_T_PYSSIZET, offsetof(recursive_lock, lock.weak_references), Py_READONLY},
    {0},
};

PyObject *walle_lock_make_recursive_type(void) {
    PyType_Slot slots[] = {
        {Py_tp_dealloc, walle_lock_dealloc}, {Py_tp_repr, rlock_repr}, {Py_tp_methods, methods},
        {Py_tp_members, members}, {Py_tp_doc, "A lock that its owner may lock again."}, {0, NULL},
    };
    PyType_Spec spec = {
        .name = "_thread.RLock",
        .basicsize = sizeof(recursive_lock),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
        .slots = slots,
    };
    return PyType_FromSpec(&spec);
}
