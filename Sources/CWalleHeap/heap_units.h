// Address space in units of 64 KB, taken from one reservation, so that one comparison tells whether a block is ours
// and a shift finds what we know of it.
#ifndef WALLE_HEAP_UNITS_H
#define WALLE_HEAP_UNITS_H

#include "walle_heap.h"

enum { unit_bits = 16, unit_size = 1 << unit_bits, page_size = 4096, class_raw = 0xFFFE, class_large = 0xFFFF };

typedef struct unit unit;

/// What is known of a unit, kept apart from its memory so that blocks start at its first byte.
struct unit {
    walle_heap *heap; // class_raw: whom it is charged to, or NULL
    unit *next_owned, *previous_owned;
    union {
        struct { // class < class_large: a unit of equal blocks
            unit *next, *previous;
            void *free;
            uint32_t used, bump;
            uint16_t discarded; // a bit a page that the system has back; the blocks that begin there are on no list
        };
        size_t bytes; // class_large, class_raw: bytes in use
    };
    uint32_t count; // units in a row that belong together
    uint16_t class;
    bool listed;
    bool reused; // pages past `bump` may hold what another class left there
};

/// Reserves the address space. False when the system refuses even a small part of it.
bool units_reserve(void);

/// `count` units in a row, zeroed; NULL when there are none.
unit *units_take(size_t count);
void units_give_back(unit *first, size_t count);
/// Drops the contents of whole pages; they read as zero afterwards.
void units_discard(void *address, size_t size);

extern char *units_base;
extern size_t units_bytes;
extern unit *units_table;

/// Blocks of whole units that need no GIL, charged to `heap` unless that is NULL.
void *walle_raw_malloc(walle_heap *heap, size_t size);
void walle_raw_free(void *block);
size_t walle_raw_size(const void *block);

static inline bool units_own(const void *address) {
    return (size_t)((const char *)address - units_base) < units_bytes;
}

static inline unit *unit_of(const void *address) {
    return &units_table[(size_t)((const char *)address - units_base) >> unit_bits];
}

static inline void *unit_address(const unit *u) {
    return units_base + ((size_t)(u - units_table) << unit_bits);
}

#endif
