#ifndef WALLE_OBJECTS_INTERNAL_H
#define WALLE_OBJECTS_INTERNAL_H

#include <Python.h>

#include "walle_objects.h"

// CWallePython's walle_Word and Swift know where `object` and `function` are.
typedef struct walle_instance {
    PyObject_HEAD
    void *object;
    PyObject *weak_references;
    struct walle_instance *next;
    struct walle_instance **link;
} walle_instance;

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    void *function;
    PyObject *name;
    PyObject *qualified_name;
    PyObject *module;
    PyObject *doc;
    PyObject *signature;
} walle_method;

typedef struct {
    const void *key;
    PyObject *type;
} known_type;

struct walle_objects {
    void (*release)(void *object);
    walle_instance *instances; // all that live
    PyObject *metaclass;       // NULL until the first class
    PyObject *method_type;     // NULL until the first method
    known_type *types;         // a hash table with open addressing
    size_t type_count;
    size_t type_places; // a power of two, or 0
};

/// What a type has beside CPython's own fields: in its metaclass's part.
typedef struct {
    const walle_class *class;
    walle_objects *objects;
} class_data;

static inline class_data *class_data_of(PyObject *type) {
    return PyObject_GetTypeData(type, Py_TYPE(type));
}

PyObject *make_metaclass(void);
bool remember(walle_objects *objects, const void *key, PyObject *type);

#endif
