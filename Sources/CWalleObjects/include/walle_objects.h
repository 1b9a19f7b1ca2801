// Python objects that hold objects of Swift.
//
// An instance is one reference to a Swift object. Its class is a heap type an interpreter, made from a `walle_class` that
// all interpreters share and nobody changes. Classes cannot be subclassed, so what an object is shows in one comparison.
//
// It is C because layout, slots and vectorcall are: structs that begin with a macro, and function pointers in them.
#ifndef WALLE_OBJECTS_H
#define WALLE_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>

// Python.h is not included: it would become part of this module for Swift, beside CWallePython's.
struct _object;
struct PyGetSetDef;

/// CPython's vectorcallfunc.
typedef struct _object *(*walle_call)(
    struct _object *callable, struct _object *const *arguments, size_t flags, struct _object *names);

/// What one interpreter has of it: its types, and the instances that live. Its GIL guards it.
typedef struct walle_objects walle_objects;

/// How a class looks in every interpreter. Functions of the buffer protocol get `context`.
typedef struct {
    const char *name;         // with its module's
    const char *doc;
    struct PyGetSetDef *properties; // ends with a NULL; or NULL
    walle_call construct;     // NULL: scripts cannot make instances
    void *context;
    /// Views are Py_buffer.
    int (*get_buffer)(void *context, struct _object *self, void *view, int flags); // or NULL
    void (*release_buffer)(void *context, struct _object *self, void *view);
    struct _object *(*next)(void *object); // or NULL; makes it an iterator
    bool is_compared_by_identity;
} walle_class;

/// `release` gives back a Swift object.
walle_objects *walle_objects_create(void (*release)(void *object));
/// After the interpreter ended, before its heap goes: gives back what instances still hold that were never freed.
void walle_objects_destroy(walle_objects *objects);

/// A new type, kept for the rest of the interpreter's life and found again by `key`. Borrowed; NULL with an exception.
struct _object *walle_class_make(walle_objects *objects, const walle_class *class, struct _object *module, const void *key);
/// NULL when there is none.
struct _object *walle_class_find(const walle_objects *objects, const void *key);
/// Adds a member; `__len__` and the like become what the operators call.
int walle_class_set(struct _object *type, const char *name, struct _object *value);
/// Nothing is added or changed any more.
void walle_class_seal(struct _object *type);
/// The `context` of the class.
void *walle_class_context(struct _object *type);

/// A new instance, which takes over a reference to `object`; NULL with an exception, and then it does not.
struct _object *walle_instance_new(struct _object *type, void *object);
/// The `tp_dealloc` of every class, by which instances are known: the first word after their header is the Swift object.
void walle_instance_free(struct _object *self);

/// A function in a class. `call` gets the instance as the first argument, as functions written in Python do; the word
/// `function` is the second after the object's header.
struct _object *walle_method_new(
    walle_objects *objects, walle_call call, void *function, const char *name, const char *qualified_name,
    const char *module, const char *doc, const char *signature);

#endif
