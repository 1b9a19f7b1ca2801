// The C API of CPython for Swift. Each wrapper stands for something Swift's importer cannot see: a macro with a value,
// a variadic function, a mutable global, or a symbol that only internal headers declare.
#ifndef WALLE_PYTHON_SHIM_H
#define WALLE_PYTHON_SHIM_H

#if !__has_include(<Python.h>)
#error "Walle needs CPython 3.13.5 or newer with its headers: run Scripts/bootstrap once."
#endif

// Before Python.h defines feature macros that change `fd_set`: other modules have the plain one.
#include <sys/select.h>

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <datetime.h>
#include <marshal.h>

#include "dlpack.h"

#if PY_VERSION_HEX < 0x030D0500
#error "Walle needs CPython 3.13.5 or newer: run Scripts/bootstrap once."
#endif

// Exceptions and singletons are mutable globals or macros over them.
#define WALLE_EXCEPTION(name)                                                                                          \
    static inline PyObject *walle_##name(void) {                                                                       \
        return PyExc_##name;                                                                                           \
    }
WALLE_EXCEPTION(BaseException)
WALLE_EXCEPTION(Exception)
WALLE_EXCEPTION(TypeError)
WALLE_EXCEPTION(ValueError)
WALLE_EXCEPTION(OverflowError)
WALLE_EXCEPTION(RuntimeError)
WALLE_EXCEPTION(PermissionError)
WALLE_EXCEPTION(ImportError)
WALLE_EXCEPTION(KeyError)
WALLE_EXCEPTION(IndexError)
WALLE_EXCEPTION(AttributeError)
WALLE_EXCEPTION(BufferError)
WALLE_EXCEPTION(LookupError)
WALLE_EXCEPTION(OSError)
WALLE_EXCEPTION(FileNotFoundError)
WALLE_EXCEPTION(MemoryError)
WALLE_EXCEPTION(RecursionError)
WALLE_EXCEPTION(SystemExit)
WALLE_EXCEPTION(StopIteration)
WALLE_EXCEPTION(StopAsyncIteration)
WALLE_EXCEPTION(SyntaxError)
WALLE_EXCEPTION(NotImplementedError)
WALLE_EXCEPTION(TimeoutError)
WALLE_EXCEPTION(UnicodeDecodeError)
WALLE_EXCEPTION(ArithmeticError)
WALLE_EXCEPTION(ZeroDivisionError)
WALLE_EXCEPTION(FloatingPointError)
WALLE_EXCEPTION(RuntimeWarning)

static inline PyObject *walle_None(void) {
    return Py_None;
}
static inline PyObject *walle_NotImplemented(void) {
    return Py_NotImplemented;
}
static inline PyObject *walle_True(void) {
    return Py_True;
}
static inline PyObject *walle_False(void) {
    return Py_False;
}

// Type checks are macros over flags or mutable globals.
// Py_IncRef and Py_DecRef in place.
static inline void walle_Retain(PyObject *object) {
    Py_INCREF(object);
}
static inline void walle_Release(PyObject *object) {
    Py_DECREF(object);
}
static inline PyTypeObject *walle_Type(PyObject *object) {
    return Py_TYPE(object);
}
static inline const char *walle_TypeName(PyObject *object) {
    return Py_TYPE(object)->tp_name;
}
#define WALLE_CHECK(name, expression)                                                                                  \
    static inline int walle_Is##name(PyObject *object) {                                                               \
        return (expression) != 0;                                                                                      \
    }
WALLE_CHECK(None, object == Py_None)
WALLE_CHECK(Bool, PyBool_Check(object))
WALLE_CHECK(Long, PyLong_Check(object))
WALLE_CHECK(Float, PyFloat_Check(object))
WALLE_CHECK(Complex, PyComplex_Check(object))
WALLE_CHECK(String, PyUnicode_Check(object))
WALLE_CHECK(Bytes, PyBytes_Check(object))
WALLE_CHECK(ByteArray, PyByteArray_Check(object))
WALLE_CHECK(List, PyList_Check(object))
WALLE_CHECK(Tuple, PyTuple_Check(object))
WALLE_CHECK(Slice, PySlice_Check(object))
WALLE_CHECK(Ellipsis, object == Py_Ellipsis)
WALLE_CHECK(Dict, PyDict_Check(object))
WALLE_CHECK(AnySet, PyAnySet_Check(object))
WALLE_CHECK(Exception, PyExceptionInstance_Check(object))
WALLE_CHECK(MemoryView, PyMemoryView_Check(object))
WALLE_CHECK(Callable, PyCallable_Check(object))
WALLE_CHECK(Coroutine, PyCoro_CheckExact(object))
WALLE_CHECK(Generator, PyGen_CheckExact(object))
WALLE_CHECK(AsyncGenerator, PyAsyncGen_CheckExact(object))

static inline PyObject *walle_ListItem(PyObject *list, Py_ssize_t index) {
    return PyList_GET_ITEM(list, index);
}
static inline PyObject *walle_TupleItem(PyObject *tuple, Py_ssize_t index) {
    return PyTuple_GET_ITEM(tuple, index);
}
static inline void walle_ListSetItem(PyObject *list, Py_ssize_t index, PyObject *item) {
    PyList_SET_ITEM(list, index, item);
}
static inline void walle_TupleSetItem(PyObject *tuple, Py_ssize_t index, PyObject *item) {
    PyTuple_SET_ITEM(tuple, index, item);
}
static inline Py_ssize_t walle_Size(PyObject *container) {
    return Py_SIZE(container);
}
// Bytes of the characters, without making a copy.
static inline Py_ssize_t walle_TextBytes(PyObject *text) {
    return PyUnicode_GET_LENGTH(text) * PyUnicode_KIND(text);
}
static inline Py_ssize_t walle_LongBytes(PyObject *number) {
    return PyLong_AsNativeBytes(number, NULL, 0, -1);
}
static inline double walle_FloatValue(PyObject *object) {
    return PyFloat_AS_DOUBLE(object);
}
static inline PyObject *walle_Vectorcall(PyObject *callable, PyObject *const *arguments, Py_ssize_t count) {
    return PyObject_Vectorcall(callable, arguments, (size_t)count | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
}

// Numbers as the interpreter itself reads them: inline, for calls that take nanoseconds. Both are false for subclasses.
static inline int walle_CompactLong(PyObject *object, Py_ssize_t *value) {
    if (!PyLong_CheckExact(object) || !PyUnstable_Long_IsCompact((PyLongObject *)object)) return 0;
    *value = PyUnstable_Long_CompactValue((PyLongObject *)object);
    return 1;
}
static inline int walle_IsExactFloat(PyObject *object) {
    return PyFloat_CheckExact(object);
}

// The `self` of a function written in Swift is a module, as for every built-in function, with one more word that
// leads to the function: so that help(), inspect and pickle take it for what it is. Type and slots are macros.
static inline PyObject *walle_MakeHolderType(void) {
    static PyType_Slot slots[] = {{0, NULL}};
    static PyType_Spec spec = {
        .name = "walle.SwiftModule",
        .basicsize = -(int)sizeof(void *),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
        .slots = slots,
    };
    return PyType_FromSpecWithBases(&spec, (PyObject *)&PyModule_Type);
}
static inline void **walle_HeldWord(PyObject *holder) {
    return (void **)((char *)holder + PyModule_Type.tp_basicsize);
}
static inline void *walle_Held(PyObject *holder) {
    return *walle_HeldWord(holder);
}
static inline PyObject *walle_NewHolder(PyObject *type, const char *module, void *held) {
    PyObject *arguments = Py_BuildValue("(s)", module);
    PyObject *holder = arguments ? PyModule_Type.tp_new((PyTypeObject *)type, arguments, NULL) : NULL;
    if (holder && PyModule_Type.tp_init(holder, arguments, NULL) < 0) Py_CLEAR(holder);
    Py_XDECREF(arguments);
    if (holder) *walle_HeldWord(holder) = held;
    return holder;
}
// A word after the header of an object that is laid out in C.
static inline void *walle_Word(PyObject *object, int index) {
    return ((void **)(object + 1))[index];
}
static inline int walle_IsFreedBy(PyObject *object, destructor function) {
    return Py_TYPE(object)->tp_dealloc == function;
}
// Makes an object one of another class of the same layout; both are heap types, of which objects hold references.
static inline void walle_ChangeType(PyObject *object, PyTypeObject *type) {
    PyTypeObject *old = Py_TYPE(object);
    Py_INCREF(type);
    Py_SET_TYPE(object, type);
    Py_DECREF(old);
}
static inline PyObject *walle_NewMethod(PyObject *function, PyObject *self) {
    return PyMethod_New(function, self);
}
static inline unsigned long walle_TypeFlagsVectorcall(void) {
    return Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_HAVE_VECTORCALL;
}
static inline unsigned long walle_TypeFlagsCallable(void) {
    return Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR;
}
static inline unsigned long walle_TypeFlagsBase(void) {
    return Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE;
}
static inline PyObject *walle_FloatTypeObject(void) {
    return (PyObject *)&PyFloat_Type;
}
static inline PyObject *walle_LongTypeObject(void) {
    return (PyObject *)&PyLong_Type;
}
static inline PyObject *walle_ComplexTypeObject(void) {
    return (PyObject *)&PyComplex_Type;
}
static inline void walle_SealType(PyTypeObject *type) {
    type->tp_flags |= Py_TPFLAGS_IMMUTABLETYPE;
    PyType_Modified(type);
}
static inline unsigned long walle_TypeFlags(void) {
    return Py_TPFLAGS_DEFAULT;
}
static inline unsigned long walle_TypeFlagsFinal(void) {
    return Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION;
}
static inline hashfunc walle_HashNotImplemented(void) {
    return PyObject_HashNotImplemented;
}
static inline int walle_BufferRowsFirst(void) {
    return PyBUF_C_CONTIGUOUS & ~PyBUF_STRIDES;
}
static inline int walle_MemberSize(void) {
    return Py_T_PYSSIZET;
}
static inline int walle_MemberObject(void) {
    return Py_T_OBJECT_EX;
}
static inline int walle_MemberReadOnly(void) {
    return Py_READONLY;
}
static inline ternaryfunc walle_VectorcallCall(void) {
    return PyVectorcall_Call;
}
static inline Py_ssize_t walle_VectorcallCount(size_t flags) {
    return PyVectorcall_NARGS(flags);
}
static inline PyMethodDef walle_FastMethod(const char *name, PyCFunctionFastWithKeywords function, const char *doc) {
    PyMethodDef definition = {name, (PyCFunction)(void (*)(void))function, METH_FASTCALL | METH_KEYWORDS, doc};
    return definition;
}

// Macros over others.
static inline int walle_BufferStrides(void) {
    return PyBUF_STRIDES;
}
static inline int walle_BufferFullReadOnly(void) {
    return PyBUF_FULL_RO;
}
static inline int walle_BufferSimple(void) {
    return PyBUF_SIMPLE;
}
static inline int walle_BufferWritable(void) {
    return PyBUF_WRITABLE;
}
static inline int walle_BufferFormat(void) {
    return PyBUF_FORMAT;
}
static inline int walle_BufferShape(void) {
    return PyBUF_ND;
}
static inline int walle_BufferColumnsFirst(void) {
    return PyBUF_F_CONTIGUOUS & ~PyBUF_STRIDES;
}

// PyArg_*, PyErr_Format and the like are variadic.
static inline void walle_SetError(PyObject *type, const char *message) {
    PyErr_SetString(type, message);
}
static inline int walle_AddAuditHook(int (*hook)(const char *, PyObject *, void *), void *data) {
    return PySys_AddAuditHook(hook, data);
}

// The capsule API of datetime is a static pointer in each file that includes it; one interpreter, one pointer.
static inline PyDateTime_CAPI *walle_ImportDateTime(void) {
    return (PyDateTime_CAPI *)PyCapsule_Import(PyDateTime_CAPSULE_NAME, 0);
}
static inline PyObject *walle_NewDateTime(
    PyDateTime_CAPI *api, int year, int month, int day, int hour, int minute, int second, int microsecond) {
    return api->DateTime_FromDateAndTime(
        year, month, day, hour, minute, second, microsecond, api->TimeZone_UTC, api->DateTimeType);
}
static inline PyObject *walle_NewDelta(PyDateTime_CAPI *api, int days, int seconds, int microseconds) {
    return api->Delta_FromDelta(days, seconds, microseconds, 1, api->DeltaType);
}
static inline int walle_IsDateTime(PyDateTime_CAPI *api, PyObject *object) {
    return PyObject_TypeCheck(object, api->DateTimeType);
}
static inline int walle_IsDate(PyDateTime_CAPI *api, PyObject *object) {
    return PyObject_TypeCheck(object, api->DateType);
}
static inline int walle_IsDelta(PyDateTime_CAPI *api, PyObject *object) {
    return PyObject_TypeCheck(object, api->DeltaType);
}
static inline int walle_Year(PyObject *date) {
    return PyDateTime_GET_YEAR(date);
}
static inline int walle_Month(PyObject *date) {
    return PyDateTime_GET_MONTH(date);
}
static inline int walle_Day(PyObject *date) {
    return PyDateTime_GET_DAY(date);
}
static inline int walle_Hour(PyObject *date) {
    return PyDateTime_DATE_GET_HOUR(date);
}
static inline int walle_Minute(PyObject *date) {
    return PyDateTime_DATE_GET_MINUTE(date);
}
static inline int walle_Second(PyObject *date) {
    return PyDateTime_DATE_GET_SECOND(date);
}
static inline int walle_Microsecond(PyObject *date) {
    return PyDateTime_DATE_GET_MICROSECOND(date);
}
static inline int walle_HasTimeZone(PyObject *date) {
    return PyDateTime_DATE_GET_TZINFO(date) != Py_None;
}
static inline int walle_DeltaDays(PyObject *delta) {
    return PyDateTime_DELTA_GET_DAYS(delta);
}
static inline int walle_DeltaSeconds(PyObject *delta) {
    return PyDateTime_DELTA_GET_SECONDS(delta);
}
static inline int walle_DeltaMicroseconds(PyObject *delta) {
    return PyDateTime_DELTA_GET_MICROSECONDS(delta);
}

// Swift's exclusivity forbids passing a PyConfig and a field of it. `paths` is a NULL-terminated list: the module search
// path of every interpreter. Returns NULL, or a message.
static inline const char *walle_Initialize(const char *program, const char *home, const char *const *paths) {
    PyPreConfig preconfig;
    PyPreConfig_InitIsolatedConfig(&preconfig);
    preconfig.utf8_mode = 1;
    PyStatus status = Py_PreInitialize(&preconfig);
    PyConfig config;
    PyConfig_InitIsolatedConfig(&config);
    config.site_import = 0;
    config.install_signal_handlers = 0;
    config.write_bytecode = 0;
    config.code_debug_ranges = 0;
    config.pathconfig_warnings = 0;
#if PY_VERSION_HEX >= 0x030E0000
    config.remote_debug = 0; // nobody puts scripts into the VMs from outside
#endif
    config.module_search_paths_set = 1;
    if (!PyStatus_Exception(status)) status = PyConfig_SetBytesString(&config, &config.program_name, program);
    if (!PyStatus_Exception(status)) status = PyConfig_SetBytesString(&config, &config.executable, program);
    if (!PyStatus_Exception(status)) status = PyConfig_SetBytesString(&config, &config.home, home);
    for (; *paths && !PyStatus_Exception(status); paths++) {
        wchar_t *path = Py_DecodeLocale(*paths, NULL);
        if (!path) return "a module search path is not valid in this locale";
        status = PyWideStringList_Append(&config.module_search_paths, path);
        PyMem_RawFree(path);
    }
    if (!PyStatus_Exception(status)) status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    return PyStatus_Exception(status) ? (status.err_msg ? status.err_msg : "unknown failure") : NULL;
}

// PyInterpreterConfig is initialised by a macro.
static inline PyInterpreterConfig walle_IsolatedConfig(int threads) {
    PyInterpreterConfig config = {
        .use_main_obmalloc = 0,
        .allow_fork = 0,
        .allow_exec = 0,
        .allow_threads = threads,
        .allow_daemon_threads = 0,
        .check_multi_interp_extensions = 1,
        .gil = PyInterpreterConfig_OWN_GIL,
    };
    return config;
}
static inline PyInterpreterState *walle_InterpreterOf(PyThreadState *thread) {
    return thread->interp;
}
static inline int walle_StatusFailed(PyStatus status) {
    return PyStatus_Exception(status);
}
static inline const char *walle_StatusMessage(PyStatus status) {
    return status.err_msg ? status.err_msg : "unknown failure";
}

// Declared in CPython's internal pycore_ceval.h; the same in 3.13 and 3.14.
int _PyEval_AddPendingCall(PyInterpreterState *, int (*)(void *), void *, int);

// PyCodeObject is made by a macro with an array of unknown length. Borrowed.
static inline PyObject *walle_CodeFile(PyCodeObject *code) {
    return code->co_filename;
}
static inline PyObject *walle_CodeName(PyCodeObject *code) {
    return code->co_qualname;
}
static inline int walle_CodeLine(PyCodeObject *code) {
    return code->co_firstlineno;
}

// Py_DecRef wants a PyObject, which Swift does not see in these.
static inline void walle_ReleaseFrame(PyFrameObject *frame) {
    Py_DECREF(frame);
}
static inline void walle_ReleaseCode(PyCodeObject *code) {
    Py_DECREF(code);
}

#endif
