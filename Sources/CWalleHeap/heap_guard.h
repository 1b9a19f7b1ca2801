// Tells Address Sanitizer which bytes of the heaps are blocks, and that these may hold the only pointer to something that
// was allocated elsewhere. Without the sanitizer, nothing.
//
// It sees the accesses of what it compiled, so of Swift and the C of this package, and the copies that CPython has the C
// library make.
#ifndef WALLE_HEAP_GUARD_H
#define WALLE_HEAP_GUARD_H

#include <stddef.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define WALLE_IS_GUARDED 1
#endif
#endif

#ifdef WALLE_IS_GUARDED

#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>

#define UNGUARDED __attribute__((no_sanitize("address")))

/// From here on nobody may touch these bytes.
static inline void guard(const void *address, size_t size) {
    __asan_poison_memory_region(address, size);
}

static inline void unguard(const void *address, size_t size) {
    __asan_unpoison_memory_region(address, size);
}

/// What is reachable from these bytes, as far as they are blocks, is no leak.
static inline void hold_reachable(const void *address, size_t size) {
    __lsan_register_root_region(address, size);
}

static inline void release_reachable(const void *address, size_t size) {
    __lsan_unregister_root_region(address, size);
}

#else

#define UNGUARDED

static inline void guard(const void *address, size_t size) {}
static inline void unguard(const void *address, size_t size) {}
static inline void hold_reachable(const void *address, size_t size) {}
static inline void release_reachable(const void *address, size_t size) {}

#endif

/// Of `size` bytes only the first ones are a block.
static inline void guard_after(const char *address, size_t block_size, size_t size) {
    unguard(address, block_size);
    guard(address + block_size, size - block_size);
}

#endif
