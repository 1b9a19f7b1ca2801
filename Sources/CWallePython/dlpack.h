// The in-memory layout of DLPack 1.0, by which libraries of arrays hand memory to one another.
#ifndef WALLE_DLPACK_H
#define WALLE_DLPACK_H

#include <stdint.h>

typedef struct {
    int32_t device_type; // 1: the CPU
    int32_t device_id;
} walle_dl_device;

typedef struct {
    uint8_t code; // 0 int, 1 uint, 2 float, 4 bfloat, 5 complex, 6 bool
    uint8_t bits;
    uint16_t lanes;
} walle_dl_type;

typedef struct {
    void *data;
    walle_dl_device device;
    int32_t ndim;
    walle_dl_type dtype;
    int64_t *shape;
    int64_t *strides; // in elements; NULL when packed
    uint64_t byte_offset;
} walle_dl_tensor;

/// Before version 1.
typedef struct walle_dl_managed {
    walle_dl_tensor tensor;
    void *context;
    void (*deleter)(struct walle_dl_managed *self);
} walle_dl_managed;

typedef struct walle_dl_versioned {
    uint32_t major, minor;
    void *context;
    void (*deleter)(struct walle_dl_versioned *self);
    uint64_t flags; // 1: read-only, 2: a copy
    walle_dl_tensor tensor;
} walle_dl_versioned;

#endif
