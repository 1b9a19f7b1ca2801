#define _GNU_SOURCE
#include "heap_units.h"

#include <Python.h>
#include <malloc.h>
#include <pthread.h>
#include <string.h>

// The heap is chosen by the current thread state's interpreter, not by the thread: CPython switches to the main
// interpreter for data that must outlive the calling one. Interpreters without a heap use malloc.

static struct {
    void *interpreter;
    walle_heap *heap;
} bound[walle_most_heaps];
static size_t bound_count;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned epoch; // moves when a binding ends: an interpreter's address may be used again

static __thread struct {
    void *interpreter;
    walle_heap *heap;
    unsigned epoch;
} cached;

static __thread walle_heap *thread_heap;
static __thread walle_heap *next_heap;

static void add_binding(void *interpreter, walle_heap *heap) {
    bound[bound_count].interpreter = interpreter;
    bound[bound_count++].heap = heap;
    __atomic_add_fetch(&epoch, 1, __ATOMIC_RELAXED);
}

static __attribute__((noinline)) walle_heap *look_up(void *interpreter) {
    walle_heap *heap = NULL;
    pthread_mutex_lock(&lock);
    for (size_t index = 0; index < bound_count; index++) {
        if (bound[index].interpreter == interpreter) heap = bound[index].heap;
    }
    if (!heap && next_heap && interpreter != PyInterpreterState_Main()) {
        heap = next_heap;
        next_heap = NULL;
        add_binding(interpreter, heap);
    }
    cached.epoch = __atomic_load_n(&epoch, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&lock);
    cached.interpreter = interpreter;
    cached.heap = heap;
    // A thread the task started: what it takes outside the GIL is the VM's too.
    if (heap && !thread_heap) thread_heap = heap;
    return heap;
}

static inline walle_heap *current_heap(void) {
    PyThreadState *thread = PyThreadState_GetUnchecked();
    if (!thread) return NULL;
    if (__builtin_expect(cached.interpreter == thread->interp, 1)
        && __builtin_expect(cached.epoch == __atomic_load_n(&epoch, __ATOMIC_RELAXED), 1)) {
        return cached.heap;
    }
    return look_up(thread->interp);
}

void walle_heap_bind_next(walle_heap *heap) {
    next_heap = heap;
}

void walle_heap_unbind(walle_heap *heap) {
    pthread_mutex_lock(&lock);
    for (size_t index = 0; index < bound_count; index++) {
        if (bound[index].heap == heap) bound[index--] = bound[--bound_count];
    }
    __atomic_add_fetch(&epoch, 1, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&lock);
}

void walle_heap_enter_thread(walle_heap *heap) {
    thread_heap = heap;
}

static void *hook_malloc(void *context, size_t size) {
    walle_heap *heap = current_heap();
    return heap ? walle_heap_malloc(heap, size) : malloc(size ? size : 1);
}

static void *hook_memory_malloc(void *context, size_t size) {
    walle_heap *heap = current_heap();
    return heap ? walle_heap_malloc_memory(heap, size) : malloc(size ? size : 1);
}

static void *hook_calloc(void *context, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) return NULL;
    walle_heap *heap = current_heap();
    if (!heap) return calloc(1, bytes ? bytes : 1);
    void *block = walle_heap_malloc(heap, bytes);
    // Blocks of whole units come zeroed from the system.
    if (block && unit_of(block)->class != class_large) memset(block, 0, bytes);
    return block;
}

static void *hook_realloc(void *context, void *block, size_t size) {
    if (!block) return hook_malloc(context, size);
    // The block says whose it is: it may have been made before the thread state changed.
    if (units_own(block)) return walle_heap_realloc(unit_of(block)->heap, block, size);
    return realloc(block, size ? size : 1);
}

static void hook_free(void *context, void *block) {
    if (units_own(block)) walle_heap_free(block);
    else free(block);
}

// The RAW domain needs no GIL, so its small blocks stay with malloc. Large ones (the state of an interpreter, the tables
// of zlib, bz2 and lzma) come as whole units: zero until touched, gone when freed, charged to the VM of the thread.

enum { raw_limit = 32768 };

static void *raw_malloc(void *context, size_t size) {
    return size >= raw_limit ? walle_raw_malloc(thread_heap, size) : malloc(size ? size : 1);
}

static void *raw_calloc(void *context, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) return NULL;
    return bytes >= raw_limit ? walle_raw_malloc(thread_heap, bytes) : calloc(1, bytes ? bytes : 1);
}

static void raw_free(void *context, void *block) {
    if (units_own(block)) walle_raw_free(block);
    else free(block);
}

static void *raw_realloc(void *context, void *block, size_t size) {
    if (!block) return raw_malloc(context, size);
    bool ours = units_own(block);
    if (!ours && size < raw_limit) return realloc(block, size ? size : 1);
    size_t old = ours ? walle_raw_size(block) : malloc_usable_size(block);
    if (ours && size <= old && size > old / 2) return block;
    void *moved = raw_malloc(context, size);
    if (!moved) return NULL;
    memcpy(moved, block, size < old ? size : old);
    raw_free(context, block);
    return moved;
}

bool walle_heap_install(void) {
    if (!units_reserve()) return false;
    PyMemAllocatorEx objects = {NULL, hook_malloc, hook_calloc, hook_realloc, hook_free};
    PyMem_SetAllocator(PYMEM_DOMAIN_OBJ, &objects);
    PyMemAllocatorEx memory = {NULL, hook_memory_malloc, hook_calloc, hook_realloc, hook_free};
    PyMem_SetAllocator(PYMEM_DOMAIN_MEM, &memory);
    PyMemAllocatorEx raw = {NULL, raw_malloc, raw_calloc, raw_realloc, raw_free};
    PyMem_SetAllocator(PYMEM_DOMAIN_RAW, &raw);
    return true;
}
