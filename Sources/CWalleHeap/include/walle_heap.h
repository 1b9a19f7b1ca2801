// One heap an interpreter.
//
// CPython up to 3.13 leaks the arenas of every interpreter with its own GIL. Here the MEM and OBJ domains of an
// interpreter allocate from a heap that is thrown away whole after Py_EndInterpreter. The interpreter's GIL guards the
// heap, so it needs neither locks nor a heap a thread: any thread of the interpreter may allocate and free.
//
// A heap counts its live bytes and holds them under a limit in two tiers, because CPython does not survive a refused
// small block everywhere: above the limit blocks of 1 MB and more are refused at once, smaller ones go into a slack
// while the owner is told (so it can stop the script), and only beyond the slack everything is refused.
#ifndef WALLE_HEAP_H
#define WALLE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct walle_heap walle_heap;

/// Called on the allocating thread, inside an allocation, when the live bytes pass the limit, and again, `is_urgent`, when
/// they pass half of the slack. Must not allocate.
typedef void (*walle_heap_over_limit)(void *context, bool is_urgent);

/// Puts the hooks in place. Once, before Py_Initialize. False when address space cannot be reserved.
bool walle_heap_install(void);

/// As many heaps, and so VMs, as a process can have.
enum { walle_most_heaps = 4096 };

/// A new, empty heap without a limit; NULL when memory is short or there are too many.
walle_heap *walle_heap_create(void);

/// Gives all memory of the heap back to the system. The interpreter must have ended.
void walle_heap_destroy(walle_heap *heap);

/// The next interpreter this thread creates allocates from `heap`; NULL: from malloc. An interpreter allocates before
/// its creator learns its address, so it cannot be named.
void walle_heap_bind_next(walle_heap *heap);
/// Ends the binding, after the interpreter ended.
void walle_heap_unbind(walle_heap *heap);

/// The heap that blocks allocated by this thread outside the GIL (zlib, lzma, bz2) are charged to.
void walle_heap_enter_thread(walle_heap *heap);

void walle_heap_set_limit(walle_heap *heap, size_t limit_bytes, size_t slack_bytes);
void walle_heap_on_over_limit(walle_heap *heap, walle_heap_over_limit callback, void *context);

/// Between true and false the calling thread's blocks are granted whatever the limit.
void walle_heap_use_reserve(bool use);

/// Charges memory the heap does not hold itself (shared buffers, maps). Any thread. `bytes` may be negative.
void walle_heap_charge(walle_heap *heap, int64_t bytes);

/// True when `bytes` more would stay under the limit. Any thread.
bool walle_heap_admits(walle_heap *heap, size_t bytes);

/// Live bytes, external charges included. Any thread.
size_t walle_heap_live_bytes(const walle_heap *heap);
/// The highest live bytes since the last reset. Any thread may read.
size_t walle_heap_peak_bytes(const walle_heap *heap);
void walle_heap_reset_peak(walle_heap *heap);
/// Allocations refused since creation.
uint64_t walle_heap_refusals(const walle_heap *heap);

/// Returns the memory of empty pages to the system. On a thread of the interpreter.
void walle_heap_trim(walle_heap *heap);
/// Returns the part of the calling thread's stack that is not in use to the system.
void walle_stack_trim(void);

/// Allocation outside any hook, for tests.
void *walle_heap_malloc(walle_heap *heap, size_t size);
/// The same for CPython's MEM domain, where a dictionary's table is granted beyond limit and slack while the owner stops
/// the script: `setdefault` (and so the interning of strings) of CPython 3.13.5 counts an entry it could not insert, and
/// crashes at the next growth of that dictionary.
void *walle_heap_malloc_memory(walle_heap *heap, size_t size);
void *walle_heap_realloc(walle_heap *heap, void *block, size_t size);
void walle_heap_free(void *block);

#endif
