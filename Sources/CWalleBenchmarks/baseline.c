#include <Python.h>

#include "walle_benchmarks.h"

int walle_bench_call(PyObject *callable, PyObject *argument, long count) {
    PyObject *arguments[] = {NULL, argument};
    for (long index = 0; index < count; index++) {
        PyObject *result = PyObject_Vectorcall(callable, arguments + 1, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
        if (!result) return -1;
        Py_DECREF(result);
    }
    return 0;
}

static PyObject *add(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {
    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "add() takes 2 arguments");
        return NULL;
    }
    long a = PyLong_AsLong(arguments[0]);
    if (a == -1 && PyErr_Occurred()) return NULL;
    long b = PyLong_AsLong(arguments[1]);
    if (b == -1 && PyErr_Occurred()) return NULL;
    return PyLong_FromLong(a + b);
}

// Constant data, shared by all interpreters.
static PyMethodDef add_method = {"add", (PyCFunction)(void (*)(void))add, METH_FASTCALL, NULL};

PyObject *walle_bench_make_add(void) {
    return PyCFunction_New(&add_method, NULL);
}

PyObject *walle_bench_measure(PyObject *measure, PyObject *function, PyObject *count) {
    return PyObject_CallFunctionObjArgs(measure, function, count, NULL);
}
