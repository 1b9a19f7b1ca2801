// Tells Thread Sanitizer of the contended paths of Swift's `Mutex`, which are in a library that was built without it.
//
// Preloaded, these come before the library's functions. Without them, data that a contended mutex guards looks unguarded.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

// Only the process of the tests has them.
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *self

SWIFT void lock_slow(uint32_t thread, SELF) __asm__(LOCK);
SWIFT bool try_lock_slow(SELF) __asm__(TRY);
SWIFT void unlock_slow(SELF) __asm__(UNLOCK);

static struct {
    SWIFT void (*lock)(uint32_t thread, SELF);
    SWIFT bool (*try_lock)(SELF);
    SWIFT void (*unlock)(SELF);
} library;

__attribute__((constructor)) static void find(void) {
    library.lock = dlsym(RTLD_NEXT, LOCK);
    library.try_lock = dlsym(RTLD_NEXT, TRY);
    library.unlock = dlsym(RTLD_NEXT, UNLOCK);
}

SWIFT void lock_slow(uint32_t thread, SELF) {
    library.lock(thread, self);
    if (__tsan_acquire) __tsan_acquire(self);
}

SWIFT bool try_lock_slow(SELF) {
    bool is_locked = library.try_lock(self);
    if (is_locked && __tsan_acquire) __tsan_acquire(self);
    return is_locked;
}

SWIFT void unlock_slow(SELF) {
    if (__tsan_release) __tsan_release(self);
    library.unlock(self);
}
