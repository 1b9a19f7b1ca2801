#include "walle_kernels.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

const walle_kernels *portable_get(void);
#if defined(__x86_64__)
const walle_kernels *avx512_get(void);
const walle_kernels *avx2_get(void);

static bool has_avx512(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512cd");
}
static bool has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
}
#endif

static const walle_kernels *shared;
static pthread_once_t once = PTHREAD_ONCE_INIT;

const walle_kernels *walle_kernels_named(const char *name) {
#if defined(__x86_64__)
    if (strcmp(name, "avx512") == 0) return has_avx512() ? avx512_get() : NULL;
    if (strcmp(name, "avx2") == 0) return has_avx2() ? avx2_get() : NULL;
#endif
    return strcmp(name, portable_get()->name) == 0 ? portable_get() : NULL;
}

static void choose(void) {
    const char *wanted = getenv("WALLE_KERNELS");
    if (wanted) shared = walle_kernels_named(wanted);
#if defined(__x86_64__)
    if (!shared && has_avx512()) shared = avx512_get();
    if (!shared && has_avx2()) shared = avx2_get();
#endif
    if (!shared) shared = portable_get();
}

const walle_kernels *walle_kernels_shared(void) {
    pthread_once(&once, choose);
    return shared;
}
