#include "walle_objects_internal.h"

#include <stdint.h>
#include <stdlib.h>

walle_objects *walle_objects_create(void (*release)(void *object)) {
    walle_objects *objects = calloc(1, sizeof(walle_objects));
    if (objects) objects->release = release;
    return objects;
}

void walle_objects_destroy(walle_objects *objects) {
    // Those of cycles, and of what CPython leaks. Their memory is the heap's, which is thrown away next.
    walle_instance *next;
    for (walle_instance *instance = objects->instances; instance; instance = next) {
        next = instance->next;
        objects->release(instance->object);
    }
    free(objects->types);
    free(objects);
}

PyObject *make_metaclass(void) {
    static PyType_Slot slots[] = {{0, NULL}};
    static PyType_Spec spec = {
        .name = "walle.SwiftClass",
        .basicsize = -(int)sizeof(class_data),
        // CPython calls its inherited `tp_new` for every attempt to derive from a class.
        .flags = Py_TPFLAGS_DEFAULT,
        .slots = slots,
    };
    return PyType_FromSpecWithBases(&spec, (PyObject *)&PyType_Type);
}

static size_t place_of(const void *key, size_t places) {
    // Metadata of types is aligned to 8 bytes at least.
    return ((uintptr_t)key >> 3 ^ (uintptr_t)key >> 9) & (places - 1);
}

PyObject *walle_class_find(const walle_objects *objects, const void *key) {
    if (!objects->type_places) return NULL;
    for (size_t place = place_of(key, objects->type_places);; place = (place + 1) & (objects->type_places - 1)) {
        if (objects->types[place].key == key) return objects->types[place].type;
        if (!objects->types[place].key) return NULL;
    }
}

static void insert(known_type *types, size_t places, known_type entry) {
    size_t place = place_of(entry.key, places);
    while (types[place].key && types[place].key != entry.key) place = (place + 1) & (places - 1);
    types[place] = entry;
}

/// Keeps a new reference for as long as the interpreter lives: finalisers may ask for it to the last.
bool remember(walle_objects *objects, const void *key, PyObject *type) {
    if (2 * (objects->type_count + 1) > objects->type_places) {
        size_t places = objects->type_places ? 2 * objects->type_places : 16;
        known_type *types = calloc(places, sizeof(known_type));
        if (!types) return false;
        for (size_t place = 0; place < objects->type_places; place++) {
            if (objects->types[place].key) insert(types, places, objects->types[place]);
        }
        free(objects->types);
        objects->types = types;
        objects->type_places = places;
    }
    insert(objects->types, objects->type_places, (known_type){key, type});
    objects->type_count++;
    return true;
}
