#define _GNU_SOURCE
#include "heap_units.h"

#include "heap_guard.h"

#include <pthread.h>
#include <sys/mman.h>

char *units_base;
size_t units_bytes;
unit *units_table;

// A bit a unit, set when taken. Guarded by `lock`; heaps come here once in 64 KB.
static uint64_t *taken;
static size_t words;
static size_t hint; // no word before it has a clear bit
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *map(size_t size) {
    void *address =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return address == MAP_FAILED ? NULL : address;
}

bool units_reserve(void) {
    const size_t largest = (size_t)256 << 30, smallest = (size_t)1 << 30;
    for (size_t bytes = largest; bytes >= smallest; bytes /= 2) {
        char *base = map(bytes + unit_size);
        if (!base) continue;
        size_t count = bytes >> unit_bits;
        units_table = map(count * sizeof(unit));
        taken = map(count / 8);
        if (!units_table || !taken) return false;
        words = count / 64;
        units_base = (char *)(((uintptr_t)base + unit_size - 1) & ~(uintptr_t)(unit_size - 1));
        units_bytes = bytes;
        return true;
    }
    return false;
}

static size_t take_one(void) {
    for (size_t word = hint; word < words; word++) {
        if (taken[word] == UINT64_MAX) continue;
        hint = word;
        int bit = __builtin_ctzl(~taken[word]);
        taken[word] |= (uint64_t)1 << bit;
        return word * 64 + (size_t)bit;
    }
    return SIZE_MAX;
}

static inline bool is_taken(size_t index) {
    return taken[index / 64] >> (index % 64) & 1;
}

static void mark(size_t first, size_t count, bool value) {
    for (size_t index = first; index < first + count; index++) {
        uint64_t bit = (uint64_t)1 << (index % 64);
        if (value) taken[index / 64] |= bit;
        else taken[index / 64] &= ~bit;
    }
}

static size_t take_run(size_t count) {
    size_t run = 0;
    for (size_t index = hint * 64; index < words * 64; index++) {
        if (run == 0 && index % 64 == 0 && taken[index / 64] == UINT64_MAX) {
            index += 63;
            continue;
        }
        run = is_taken(index) ? 0 : run + 1;
        if (run < count) continue;
        size_t first = index + 1 - count;
        mark(first, count, true);
        return first;
    }
    return SIZE_MAX;
}

unit *units_take(size_t count) {
    pthread_mutex_lock(&lock);
    size_t first = count == 1 ? take_one() : take_run(count);
    pthread_mutex_unlock(&lock);
    if (first == SIZE_MAX) return NULL;
    hold_reachable(unit_address(&units_table[first]), count * unit_size);
    return &units_table[first];
}

void units_give_back(unit *first, size_t count) {
    units_discard(unit_address(first), count * unit_size);
    release_reachable(unit_address(first), count * unit_size);
    guard(unit_address(first), count * unit_size);
    size_t index = (size_t)(first - units_table);
    pthread_mutex_lock(&lock);
    mark(index, count, false);
    if (index / 64 < hint) hint = index / 64;
    pthread_mutex_unlock(&lock);
}

void units_discard(void *address, size_t size) {
    madvise(address, size, MADV_DONTNEED);
}

void walle_stack_trim(void) {
    // Below this frame nothing is live but the red zone; the frames of madvise itself need a few pages.
    const size_t kept = 8192;
    pthread_attr_t attributes;
    void *low;
    size_t size;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
    if (pthread_attr_getstack(&attributes, &low, &size) == 0) {
        char *end = (char *)(((uintptr_t)__builtin_frame_address(0) - kept) & ~(uintptr_t)4095);
        if (end > (char *)low && end < (char *)low + size) units_discard(low, (size_t)(end - (char *)low));
    }
    pthread_attr_destroy(&attributes);
}
