// Step two: the exception whose construction installs a trace that raises at every line.
#define _GNU_SOURCE
#include "stop_state.h"

#include <stdio.h>
#include <string.h>

#include "walle_heap.h"

/// The import system is let go on: it holds a lock that a thread which ended could never release.
static bool is_importing(PyFrameObject *frame) {
    PyCodeObject *code = PyFrame_GetCode(frame);
    bool is = PyUnicode_CompareWithASCIIString(code->co_filename, "<frozen importlib._bootstrap>") == 0;
    Py_DECREF(code);
    return is;
}

static int raise_always(PyObject *class, PyFrameObject *frame, int what, PyObject *argument) {
    if (is_importing(frame)) return 0;
    if (!PyErr_Occurred()) PyErr_SetNone(class);
    return -1;
}

static __thread bool forcing;

/// The traceback of an exception raised by the trace says little; this is the line that ran.
static void remember_place(void) {
    walle_stop *stop = walle_stop_of_thread;
    PyFrameObject *frame = PyEval_GetFrame();
    if (!stop || !frame) return;
    PyCodeObject *code = PyFrame_GetCode(frame);
    const char *file = PyUnicode_AsUTF8(code->co_filename), *function = PyUnicode_AsUTF8(code->co_qualname);
    snprintf(stop->file, sizeof stop->file, "%s", file ? file : "?");
    snprintf(stop->function, sizeof stop->function, "%s", function ? function : "?");
    stop->line = PyFrame_GetLineNumber(frame);
    Py_DECREF(code);
    PyErr_Clear();
}

bool walle_stop_place(const walle_stop *stop, const char **file, const char **function, int *line) {
    *file = stop->file;
    *function = stop->function;
    *line = stop->line;
    return stop->file[0] != 0;
}

static PyObject *forced_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords) {
    // The run may be stopped for its memory: what stops it must not fail for want of some.
    walle_heap_use_reserve(true);
    PyObject *exception = type->tp_base->tp_new(type, arguments, keywords);
    if (exception) {
        remember_place();
        // Constructed by the evaluation loop as it raises; from here on every line of every thread raises again.
        forcing = true;
        PyEval_SetTraceAllThreads(raise_always, (PyObject *)type->tp_base);
        forcing = false;
    }
    walle_heap_use_reserve(false);
    return exception;
}

bool walle_stop_is_forcing(void) {
    return forcing;
}

PyObject *walle_stop_make_forced_class(PyObject *base, const char *name) {
    PyType_Slot slots[] = {{Py_tp_new, forced_new}, {0, NULL}};
    PyType_Spec spec = {
        .name = name,
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
        .slots = slots,
    };
    return PyType_FromSpecWithBases(&spec, base);
}
