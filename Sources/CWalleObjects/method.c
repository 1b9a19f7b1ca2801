// Methods of classes declared in Swift. CPython's own method descriptors call a C function that does not learn which
// method it is; these carry the word that says it. To CPython they are method descriptors all the same, so that a call
// makes no bound method first.
#include "walle_objects_internal.h"

#include <stddef.h>

static PyObject *get(PyObject *self, PyObject *object, PyObject *type) {
    if (!object || object == Py_None) return Py_NewRef(self);
    return PyMethod_New(self, object);
}

static void free_method(PyObject *object) {
    walle_method *self = (walle_method *)object;
    PyTypeObject *type = Py_TYPE(object);
    Py_XDECREF(self->name);
    Py_XDECREF(self->qualified_name);
    Py_XDECREF(self->module);
    Py_XDECREF(self->doc);
    Py_XDECREF(self->signature);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyObject *represent(PyObject *self) {
    return PyUnicode_FromFormat("<method '%U'>", ((walle_method *)self)->qualified_name);
}

/// pickle finds it by its name.
static PyObject *reduce(PyObject *self, PyObject *unused) {
    return Py_NewRef(((walle_method *)self)->qualified_name);
}

static PyMethodDef methods[] = {{"__reduce__", reduce, METH_NOARGS, NULL}, {NULL}};

static PyMemberDef members[] = {
    {"__vectorcalloffset__", Py_T_PYSSIZET, offsetof(walle_method, call), Py_READONLY, NULL},
    {"__name__", _Py_T_OBJECT, offsetof(walle_method, name), Py_READONLY, NULL},
    {"__qualname__", _Py_T_OBJECT, offsetof(walle_method, qualified_name), Py_READONLY, NULL},
    {"__module__", _Py_T_OBJECT, offsetof(walle_method, module), Py_READONLY, NULL},
    {"__doc__", _Py_T_OBJECT, offsetof(walle_method, doc), Py_READONLY, NULL},
    {"__text_signature__", _Py_T_OBJECT, offsetof(walle_method, signature), Py_READONLY, NULL},
    {NULL},
};

static PyObject *make_type(void) {
    static PyType_Slot slots[] = {
        {Py_tp_dealloc, free_method}, {Py_tp_call, PyVectorcall_Call}, {Py_tp_descr_get, get}, {Py_tp_repr, represent},
        {Py_tp_methods, methods},     {Py_tp_members, members},        {0, NULL},
    };
    static PyType_Spec spec = {
        .name = "walle.SwiftMethod",
        .basicsize = sizeof(walle_method),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE
            | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR,
        .slots = slots,
    };
    return PyType_FromSpec(&spec);
}

PyObject *walle_method_new(
    walle_objects *objects, vectorcallfunc call, void *function, const char *name, const char *qualified_name,
    const char *module, const char *doc, const char *signature) {
    if (!objects->method_type && !(objects->method_type = make_type())) return NULL;
    PyTypeObject *type = (PyTypeObject *)objects->method_type;
    walle_method *self = (walle_method *)type->tp_alloc(type, 0);
    if (!self) return NULL;
    self->call = call;
    self->function = function;
    self->name = PyUnicode_FromString(name);
    self->qualified_name = PyUnicode_FromString(qualified_name);
    self->module = PyUnicode_FromString(module);
    self->doc = *doc ? PyUnicode_FromString(doc) : Py_NewRef(Py_None);
    self->signature = PyUnicode_FromString(signature);
    if (self->name && self->qualified_name && self->module && self->doc && self->signature) return (PyObject *)self;
    Py_DECREF(self);
    return NULL;
}
