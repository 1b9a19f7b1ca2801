#define _GNU_SOURCE
#include "unseen.h"

#ifdef WALLE_IS_WATCHED

#include <dlfcn.h>

struct unseen unseen;

/// Before anything asks for the time. The sanitizer's functions are in the executable, the C library's come next.
__attribute__((constructor)) static void find(void) {
    unseen.sigaction = dlsym(RTLD_NEXT, "sigaction");
    unseen.clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    unseen.sem_post = dlsym(RTLD_NEXT, "sem_post");
    unseen.pread = dlsym(RTLD_NEXT, "pread");
    unseen.timer_settime = dlsym(RTLD_NEXT, "timer_settime");
    unseen.write = dlsym(RTLD_NEXT, "write");
}

#endif
