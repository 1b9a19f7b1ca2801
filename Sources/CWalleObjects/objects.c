#include "walle_objects_internal.h"

#include <stddef.h>

// MARK: instances

PyObject *walle_instance_new(PyObject *type, void *object) {
    walle_objects *objects = class_data_of(type)->objects;
    walle_instance *self = (walle_instance *)((PyTypeObject *)type)->tp_alloc((PyTypeObject *)type, 0);
    if (!self) return NULL;
    self->object = object;
    self->next = objects->instances;
    self->link = &objects->instances;
    if (self->next) self->next->link = &self->next;
    objects->instances = self;
    return (PyObject *)self;
}

void walle_instance_free(PyObject *object) {
    walle_instance *self = (walle_instance *)object;
    PyTypeObject *type = Py_TYPE(object);
    walle_objects *objects = class_data_of((PyObject *)type)->objects;
    if (self->weak_references) PyObject_ClearWeakRefs(object);
    *self->link = self->next;
    if (self->next) self->next->link = self->link;
    // What Swift does at the end of an object may call Python, and must not meet the exception that is on its way.
    PyObject *raised = PyErr_GetRaisedException();
    objects->release(self->object);
    if (PyErr_Occurred()) PyErr_WriteUnraisable(NULL);
    PyErr_SetRaisedException(raised);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyObject *compare_identity(PyObject *self, PyObject *other, int operation) {
    bool is_instance = Py_TYPE(other)->tp_dealloc == walle_instance_free;
    if (!is_instance || (operation != Py_EQ && operation != Py_NE)) Py_RETURN_NOTIMPLEMENTED;
    bool same = ((walle_instance *)self)->object == ((walle_instance *)other)->object;
    return PyBool_FromLong(same == (operation == Py_EQ));
}

static Py_hash_t hash_identity(PyObject *self) {
    return Py_HashPointer(((walle_instance *)self)->object);
}

static int get_buffer(PyObject *self, Py_buffer *view, int flags) {
    const walle_class *class = class_data_of((PyObject *)Py_TYPE(self))->class;
    return class->get_buffer(class->context, self, view, flags);
}

static void release_buffer(PyObject *self, Py_buffer *view) {
    const walle_class *class = class_data_of((PyObject *)Py_TYPE(self))->class;
    class->release_buffer(class->context, self, view);
}

static PyObject *iterate(PyObject *self) {
    return class_data_of((PyObject *)Py_TYPE(self))->class->next(((walle_instance *)self)->object);
}

// MARK: classes

static PyMemberDef instance_members[] = {
    {"__weaklistoffset__", Py_T_PYSSIZET, offsetof(walle_instance, weak_references), Py_READONLY, NULL},
    {NULL},
};

static PyObject *new_type(walle_objects *objects, const walle_class *class, PyObject *module) {
    PyType_Slot slots[12];
    int count = 0;
    slots[count++] = (PyType_Slot){Py_tp_dealloc, walle_instance_free};
    slots[count++] = (PyType_Slot){Py_tp_members, instance_members};
    if (class->doc && *class->doc) slots[count++] = (PyType_Slot){Py_tp_doc, (void *)class->doc};
    if (class->properties) slots[count++] = (PyType_Slot){Py_tp_getset, class->properties};
    if (class->get_buffer) {
        slots[count++] = (PyType_Slot){Py_bf_getbuffer, get_buffer};
        slots[count++] = (PyType_Slot){Py_bf_releasebuffer, release_buffer};
    }
    if (class->next) {
        slots[count++] = (PyType_Slot){Py_tp_iter, PyObject_SelfIter};
        slots[count++] = (PyType_Slot){Py_tp_iternext, iterate};
    }
    if (class->is_compared_by_identity) {
        slots[count++] = (PyType_Slot){Py_tp_richcompare, compare_identity};
        slots[count++] = (PyType_Slot){Py_tp_hash, hash_identity};
    }
    slots[count] = (PyType_Slot){0, NULL};
    PyType_Spec spec = {
        .name = class->name,
        .basicsize = sizeof(walle_instance),
        .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
        .slots = slots,
    };
    return PyType_FromMetaclass((PyTypeObject *)objects->metaclass, module, &spec, NULL);
}

PyObject *walle_class_make(walle_objects *objects, const walle_class *class, PyObject *module, const void *key) {
    if (!objects->metaclass && !(objects->metaclass = make_metaclass())) return NULL;
    PyObject *type = new_type(objects, class, module);
    if (!type) return NULL;
    *class_data_of(type) = (class_data){class, objects};
    // Calling the type goes here directly: there is no __new__ that leaves an instance without an object.
    if (class->construct) ((PyTypeObject *)type)->tp_vectorcall = class->construct;
    if (!remember(objects, key, type)) {
        Py_DECREF(type);
        return PyErr_NoMemory();
    }
    return type;
}

int walle_class_set(PyObject *type, const char *name, PyObject *value) {
    return PyObject_SetAttrString(type, name, value);
}

void walle_class_seal(PyObject *type) {
    ((PyTypeObject *)type)->tp_flags |= Py_TPFLAGS_IMMUTABLETYPE;
    PyType_Modified((PyTypeObject *)type);
}

void *walle_class_context(PyObject *type) {
    return class_data_of(type)->class->context;
}
