#define _GNU_SOURCE
#include "walle_heap.h"

#include "heap_guard.h"
#include "heap_units.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

// Classes of sizes: 16 bytes apart up to 256, then 32 up to 512 and 64 up to 1,024, where types and tables of
// dictionaries are; then four a doubling. Each class costs an idle heap half a page, so there are no more of them.
enum {
    fine_limit = 256,
    fine_classes = fine_limit / 16,
    middle_limit = 512,
    middle_classes = fine_classes + (middle_limit - fine_limit) / 32,
    small_limit = 1024,
    small_classes = middle_classes + (small_limit - middle_limit) / 64,
    small_bits = 10,
    class_limit = 32768, // larger blocks take whole units
    class_count = small_classes + 5 * 4,
    spare_units = 4, // empty units a heap keeps before it gives them back
    page = page_size,
    pages_of_unit = unit_size / page,
};

static const size_t refuse_at_limit = 1 << 20;

struct walle_heap {
    unit *partial[class_count]; // units with a free block, by class
    unit *units; // every unit the heap owns
    unit *spare; // empty ones among them
    int spare_count;
    bool over, far_over; // the owner was told; told again after the bytes fell below the limit
    size_t live; // written under the interpreter's GIL
    size_t peak;
    size_t limit;
    size_t slack;
    uint64_t refusals;
    int64_t external; // atomic: charged from any thread
    int32_t references; // atomic: its maker's, and one a raw block, which may outlive the interpreter
    walle_heap_over_limit callback;
    void *context;
};

static inline int class_of(size_t size) {
    if (size <= fine_limit) return (int)((size + 15) >> 4) - (size != 0);
    if (size <= middle_limit) return fine_classes + (int)((size - fine_limit - 1) >> 5);
    if (size <= small_limit) return middle_classes + (int)((size - middle_limit - 1) >> 6);
    int doubling = 63 - __builtin_clzl(size - 1); // small_limit < size: small_bits …
    int quarter = (int)((size - 1) >> (doubling - 2)) & 3;
    return small_classes + (doubling - small_bits) * 4 + quarter;
}

static inline size_t class_size(int class) {
    if (class < fine_classes) return (size_t)(class + 1) << 4;
    if (class < middle_classes) return fine_limit + ((size_t)(class - fine_classes + 1) << 5);
    if (class < small_classes) return middle_limit + ((size_t)(class - middle_classes + 1) << 6);
    int doubling = small_bits + (class - small_classes) / 4;
    int quarter = (class - small_classes) % 4;
    return ((size_t)1 << doubling) + ((size_t)(quarter + 1) << (doubling - 2));
}

static inline size_t whole_pages(size_t size) {
    return (size + page - 1) & ~(size_t)(page - 1);
}

// MARK: accounting

static inline size_t load(const size_t *value) {
    return __atomic_load_n(value, __ATOMIC_RELAXED);
}

static inline void store(size_t *value, size_t to) {
    __atomic_store_n(value, to, __ATOMIC_RELAXED);
}

static inline size_t total(const walle_heap *heap) {
    int64_t external = __atomic_load_n(&heap->external, __ATOMIC_RELAXED);
    return load(&heap->live) + (external > 0 ? (size_t)external : 0);
}

static __thread bool uses_reserve;

void walle_heap_use_reserve(bool use) {
    uses_reserve = use;
}

static void tell_owner(walle_heap *heap, bool is_far) {
    if (!heap->callback) return;
    if (!heap->over) {
        heap->over = true;
        heap->callback(heap->context, false);
    }
    if (is_far && !heap->far_over) {
        heap->far_over = true;
        heap->callback(heap->context, true);
    }
}

/// Decides over `size` more bytes above the limit.
static __attribute__((noinline)) bool admit_over_limit(walle_heap *heap, size_t size, size_t after) {
    size_t limit = load(&heap->limit), slack = load(&heap->slack);
    if (uses_reserve) return true;
    if (size >= refuse_at_limit) {
        __atomic_add_fetch(&heap->refusals, 1, __ATOMIC_RELAXED);
        return false;
    }
    tell_owner(heap, after - limit > slack / 2);
    if (after - limit <= slack) return true;
    __atomic_add_fetch(&heap->refusals, 1, __ATOMIC_RELAXED);
    return false;
}

static inline bool admit(walle_heap *heap, size_t size) {
    size_t after = total(heap) + size;
    if (__builtin_expect(after > load(&heap->limit), 0) && !admit_over_limit(heap, size, after)) return false;
    store(&heap->live, heap->live + size);
    if (after > heap->peak) store(&heap->peak, after);
    return true;
}

static inline void release(walle_heap *heap, size_t size) {
    store(&heap->live, heap->live - size);
    if (__builtin_expect(heap->over, 0) && total(heap) <= load(&heap->limit)) heap->over = heap->far_over = false;
}

// MARK: lists of units

static void own(walle_heap *heap, unit *u) {
    u->heap = heap;
    u->previous_owned = NULL;
    u->next_owned = heap->units;
    if (heap->units) heap->units->previous_owned = u;
    heap->units = u;
}

static void disown(walle_heap *heap, unit *u) {
    if (u->previous_owned) u->previous_owned->next_owned = u->next_owned;
    else heap->units = u->next_owned;
    if (u->next_owned) u->next_owned->previous_owned = u->previous_owned;
    u->heap = NULL;
}

static inline void push_partial(walle_heap *heap, unit *u) {
    u->previous = NULL;
    u->next = heap->partial[u->class];
    if (u->next) u->next->previous = u;
    heap->partial[u->class] = u;
    u->listed = true;
}

static inline void remove_partial(walle_heap *heap, unit *u) {
    if (u->previous) u->previous->next = u->next;
    else heap->partial[u->class] = u->next;
    if (u->next) u->next->previous = u->previous;
    u->listed = false;
}

// MARK: small blocks

/// A free block begins with the address of the next one.
UNGUARDED static inline void *next_free(void *block) {
    return *(void **)block;
}

UNGUARDED static inline void set_next_free(void *block, void *next) {
    *(void **)block = next;
}

static unit *fresh_unit(walle_heap *heap, int class) {
    unit *u = heap->spare;
    bool reused = u != NULL;
    if (u) {
        heap->spare = u->next;
        heap->spare_count--;
    } else {
        u = units_take(1);
        if (!u) return NULL;
        own(heap, u);
    }
    u->class = (uint16_t)class;
    u->count = 1;
    u->used = 0;
    u->bump = 0;
    u->free = NULL;
    u->discarded = 0;
    u->reused = reused;
    push_partial(heap, u);
    guard(unit_address(u), unit_size);
    return u;
}

static void retire_unit(walle_heap *heap, unit *u) {
    remove_partial(heap, u);
    if (heap->spare_count < spare_units) {
        u->next = heap->spare;
        heap->spare = u;
        heap->spare_count++;
        return;
    }
    disown(heap, u);
    units_give_back(u, 1);
}

static inline bool is_full(const unit *u, size_t size) {
    return !u->free && !u->discarded && u->bump + size > unit_size;
}

/// The first block that begins in a page of the unit or after it.
static inline size_t first_block(unsigned index, size_t size) {
    return (index * page + size - 1) / size * size;
}

static inline size_t end_of_blocks(const unit *u, unsigned index) {
    size_t end = (index + 1) * page;
    return end < u->bump ? end : u->bump;
}

/// Puts the blocks that begin in one of the unit's discarded pages back on its list.
static __attribute__((noinline)) void *restore_page(unit *u, size_t size) {
    unsigned index = (unsigned)__builtin_ctz(u->discarded);
    u->discarded &= (uint16_t)(u->discarded - 1);
    for (size_t offset = first_block(index, size); offset < end_of_blocks(u, index); offset += size) {
        char *block = (char *)unit_address(u) + offset;
        set_next_free(block, u->free);
        u->free = block;
    }
    return u->free;
}

static inline void *take_block(walle_heap *heap, int class, size_t size) {
    unit *u = heap->partial[class];
    if (__builtin_expect(!u, 0)) {
        u = fresh_unit(heap, class);
        if (!u) return NULL;
    }
    void *block = u->free;
    if (__builtin_expect(!block && u->discarded, 0)) block = restore_page(u, size);
    if (block) {
        u->free = next_free(block);
    } else {
        block = unit_address(u) + u->bump;
        u->bump += (uint32_t)size;
    }
    unguard(block, size);
    u->used++;
    if (is_full(u, size)) remove_partial(heap, u);
    return block;
}

static inline void return_block(walle_heap *heap, unit *u, void *block) {
    guard(block, class_size(u->class));
    set_next_free(block, u->free);
    u->free = block;
    u->used--;
    if (__builtin_expect(!u->listed, 0)) push_partial(heap, u);
    if (__builtin_expect(u->used == 0, 0) && (heap->partial[u->class] != u || u->next)) retire_unit(heap, u);
}

// MARK: large blocks

static void *take_large(walle_heap *heap, size_t size, size_t reserve) {
    size_t count = (reserve + unit_size - 1) / unit_size;
    unit *u = units_take(count);
    if (!u) return NULL;
    own(heap, u);
    u->class = class_large;
    u->count = (uint32_t)count;
    u->bytes = size;
    guard_after(unit_address(u), size, count * unit_size);
    return unit_address(u);
}

static void return_large(walle_heap *heap, unit *u) {
    disown(heap, u);
    units_give_back(u, u->count);
}

// MARK: the allocator

void *walle_heap_malloc(walle_heap *heap, size_t size) {
    if (__builtin_expect(size <= class_limit, 1)) {
        int class = class_of(size);
        size_t rounded = class_size(class);
        if (!admit(heap, rounded)) return NULL;
        void *block = take_block(heap, class, rounded);
        if (!block) release(heap, rounded);
        return block;
    }
    if (size > PTRDIFF_MAX - page) return NULL;
    size_t rounded = whole_pages(size);
    if (!admit(heap, rounded)) return NULL;
    void *block = take_large(heap, rounded, rounded);
    if (!block) release(heap, rounded);
    return block;
}

/// True for the sizes CPython 3.13 and 3.14 give the tables of dictionaries.
static bool is_dictionary_table(size_t size) {
    const size_t header = 32, text_entry = 16, entry = 24;
    for (int bits = 3; bits < 40; bits++) {
        size_t slots = (size_t)1 << bits, usable = (slots << 1) / 3;
        size_t indices = slots << (bits < 8 ? 0 : bits < 16 ? 1 : bits < 32 ? 2 : 3);
        size_t least = header + indices + usable * text_entry;
        if (size == least || size == least + usable * (entry - text_entry)) return true;
        if (size < least) return false;
    }
    return false;
}

void *walle_heap_malloc_memory(walle_heap *heap, size_t size) {
    void *block = walle_heap_malloc(heap, size);
    if (__builtin_expect(block != NULL, 1) || !is_dictionary_table(size)) return block;
    // A table is twice its predecessor, which was under the limit.
    size_t most = 3 * load(&heap->limit) + load(&heap->slack);
    if (total(heap) + size > most) return NULL;
    tell_owner(heap, true);
    bool used_reserve = uses_reserve;
    uses_reserve = true;
    block = walle_heap_malloc(heap, size);
    uses_reserve = used_reserve;
    return block;
}

void walle_heap_free(void *block) {
    unit *u = unit_of(block);
    walle_heap *heap = u->heap;
    if (__builtin_expect(u->class != class_large, 1)) {
        size_t size = class_size(u->class);
        return_block(heap, u, block);
        release(heap, size);
    } else {
        size_t size = u->bytes;
        return_large(heap, u);
        release(heap, size);
    }
}

/// Grows or shrinks a large block within the units it has. Growing beyond them reserves half as much again, so that a
/// list that grows step by step is copied a logarithmic number of times; address space is all that costs.
static void *resize_large(walle_heap *heap, unit *u, void *block, size_t size) {
    size_t old = u->bytes, rounded = whole_pages(size);
    if (rounded <= (size_t)u->count * unit_size && size > class_limit) {
        if (rounded > old && !admit(heap, rounded - old)) return NULL;
        if (rounded > old) unguard(block + old, rounded - old);
        if (rounded < old) {
            guard(block + rounded, old - rounded);
            units_discard(block + rounded, old - rounded);
            release(heap, old - rounded);
        }
        u->bytes = rounded;
        return block;
    }
    if (size <= class_limit) {
        void *small = walle_heap_malloc(heap, size);
        if (!small) return NULL;
        memcpy(small, block, size);
        walle_heap_free(block);
        return small;
    }
    if (!admit(heap, rounded - old)) return NULL;
    void *grown = take_large(heap, rounded, rounded + rounded / 2);
    if (!grown) {
        release(heap, rounded - old);
        return NULL;
    }
    memcpy(grown, block, old);
    return_large(heap, u);
    return grown;
}

void *walle_heap_realloc(walle_heap *heap, void *block, size_t size) {
    unit *u = unit_of(block);
    if (u->class == class_large) return resize_large(heap, u, block, size);
    size_t old = class_size(u->class);
    // A block that shrinks by less than half stays: moving it costs more than it saves.
    if (size <= old && size > old / 2) return block;
    void *moved = walle_heap_malloc(heap, size);
    if (!moved) return size <= old ? block : NULL;
    memcpy(moved, block, size < old ? size : old);
    walle_heap_free(block);
    return moved;
}

// MARK: raw blocks

static void let_go(walle_heap *heap) {
    if (__atomic_sub_fetch(&heap->references, 1, __ATOMIC_ACQ_REL) == 0) free(heap);
}

void *walle_raw_malloc(walle_heap *heap, size_t size) {
    if (size > PTRDIFF_MAX - page) return NULL;
    size_t rounded = whole_pages(size);
    if (heap && rounded >= refuse_at_limit && !walle_heap_admits(heap, rounded)) {
        __atomic_add_fetch(&heap->refusals, 1, __ATOMIC_RELAXED);
        return NULL;
    }
    size_t count = (rounded + unit_size - 1) / unit_size;
    unit *u = units_take(count);
    if (!u) return NULL;
    u->heap = heap;
    u->class = class_raw;
    u->count = (uint32_t)count;
    u->bytes = rounded;
    guard_after(unit_address(u), rounded, count * unit_size);
    if (heap) {
        __atomic_add_fetch(&heap->references, 1, __ATOMIC_RELAXED);
        walle_heap_charge(heap, (int64_t)rounded);
    }
    return unit_address(u);
}

void walle_raw_free(void *block) {
    unit *u = unit_of(block);
    walle_heap *heap = u->heap;
    size_t size = u->bytes;
    u->heap = NULL;
    units_give_back(u, u->count);
    if (!heap) return;
    walle_heap_charge(heap, -(int64_t)size);
    let_go(heap);
}

size_t walle_raw_size(const void *block) {
    return unit_of(block)->bytes;
}

// MARK: life

static size_t heap_count;

walle_heap *walle_heap_create(void) {
    walle_heap *heap = calloc(1, sizeof(walle_heap));
    if (!heap) return NULL;
    if (__atomic_add_fetch(&heap_count, 1, __ATOMIC_RELAXED) > walle_most_heaps) {
        __atomic_sub_fetch(&heap_count, 1, __ATOMIC_RELAXED);
        free(heap);
        return NULL;
    }
    heap->limit = SIZE_MAX / 2;
    heap->references = 1;
    return heap;
}

void walle_heap_destroy(walle_heap *heap) {
    unit *next;
    for (unit *u = heap->units; u; u = next) {
        next = u->next_owned;
        u->heap = NULL;
        units_give_back(u, u->count);
    }
    __atomic_sub_fetch(&heap_count, 1, __ATOMIC_RELAXED);
    let_go(heap);
}

void walle_heap_set_limit(walle_heap *heap, size_t limit_bytes, size_t slack_bytes) {
    store(&heap->limit, limit_bytes);
    store(&heap->slack, slack_bytes);
    heap->over = heap->far_over = false; // a new run is told anew
}

void walle_heap_on_over_limit(walle_heap *heap, walle_heap_over_limit callback, void *context) {
    heap->callback = callback;
    heap->context = context;
}

void walle_heap_charge(walle_heap *heap, int64_t bytes) {
    __atomic_add_fetch(&heap->external, bytes, __ATOMIC_RELAXED);
}

bool walle_heap_admits(walle_heap *heap, size_t bytes) {
    return total(heap) + bytes <= load(&heap->limit);
}

size_t walle_heap_live_bytes(const walle_heap *heap) {
    return total(heap);
}

size_t walle_heap_peak_bytes(const walle_heap *heap) {
    return load(&heap->peak);
}

void walle_heap_reset_peak(walle_heap *heap) {
    store(&heap->peak, total(heap));
}

uint64_t walle_heap_refusals(const walle_heap *heap) {
    return __atomic_load_n(&heap->refusals, __ATOMIC_RELAXED);
}

/// The pages of a unit on which a live block, or one that discarding would tear off its list, lies.
static uint16_t pages_in_use(const unit *u, size_t size) {
    uint64_t live[unit_size / 16 / 64];
    memset(live, 0xFF, sizeof live);
    for (void *block = u->free; block; block = next_free(block)) {
        size_t index = (size_t)((char *)block - (char *)unit_address(u)) / size;
        live[index / 64] &= ~((uint64_t)1 << (index % 64));
    }
    uint32_t pages = 0;
    for (size_t offset = 0, index = 0; offset < u->bump; offset += size, index++) {
        if (u->discarded >> (offset / page) & 1 || !(live[index / 64] >> (index % 64) & 1)) continue;
        size_t last = (offset + size - 1) / page;
        pages |= ((2u << last) - 1) & ~((1u << (offset / page)) - 1);
    }
    return (uint16_t)pages;
}

/// Gives back the pages of a unit on which every block is free, and takes the blocks that begin there off the list.
static void discard_pages(unit *u, size_t size) {
    if (u->reused) {
        size_t end = whole_pages(u->bump);
        units_discard((char *)unit_address(u) + end, unit_size - end);
        u->reused = false;
    }
    uint32_t touched = (2u << ((u->bump - 1) / page)) - 1;
    uint32_t idle = touched & ~pages_in_use(u, size) & ~(uint32_t)u->discarded;
    if (!idle) return;
    void *kept = NULL, *next;
    for (void *block = u->free; block; block = next) {
        next = next_free(block);
        size_t offset = (size_t)((char *)block - (char *)unit_address(u));
        if (idle >> (offset / page) & 1) continue;
        set_next_free(block, kept);
        kept = block;
    }
    u->free = kept;
    for (unsigned index = 0; index < pages_of_unit; index++) {
        if (!(idle >> index & 1)) continue;
        units_discard((char *)unit_address(u) + index * page, page);
        // No block begins in a page in the middle of one.
        if (first_block(index, size) < end_of_blocks(u, index)) u->discarded |= (uint16_t)(1u << index);
    }
}

static void trim_class(walle_heap *heap, int class) {
    unit *next;
    for (unit *u = heap->partial[class]; u; u = next) {
        next = u->next;
        if (u->used == 0) {
            remove_partial(heap, u);
            disown(heap, u);
            units_give_back(u, 1);
        } else {
            discard_pages(u, class_size(class));
        }
    }
}

void walle_heap_trim(walle_heap *heap) {
    while (heap->spare) {
        unit *u = heap->spare;
        heap->spare = u->next;
        disown(heap, u);
        units_give_back(u, 1);
    }
    heap->spare_count = 0;
    for (int class = 0; class < class_count; class++) trim_class(heap, class);
}
