#include "walle_benchmarks.h"

// The compiler may neither know the factors nor drop the sums.
static volatile double factor = 0.999, term = 1e-3, sink;

// Twelve independent chains of fused multiply-adds hide their latency, and stay in the sixteen registers of AVX2. The
// empty assembly keeps each sum in one `place`, a class of registers: the compiler would move them around.
#define CHAINS(name, type, vector_bytes, place, attributes)                                      \
    attributes static double name(long rounds) {                                                 \
        typedef type vector __attribute__((vector_size(vector_bytes)));                          \
        enum { chains = 12, lanes = vector_bytes / sizeof(type) };                               \
        const vector times = (vector){} + (type)factor, plus = (vector){} + (type)term;          \
        vector sums[chains];                                                                     \
        for (int chain = 0; chain < chains; chain++) sums[chain] = plus;                         \
        for (long round = 0; round < rounds; round++) {                                          \
            _Pragma("clang loop unroll(full)") for (int chain = 0; chain < chains; chain++) {    \
                sums[chain] = __builtin_elementwise_fma(sums[chain], times, plus);               \
                __asm__("" : "+" place(sums[chain]));                                            \
            }                                                                                    \
        }                                                                                        \
        type total = 0;                                                                          \
        for (int chain = 0; chain < chains; chain++) total += sums[chain][0];                    \
        sink = (double)total;                                                                    \
        return 2.0 * lanes * chains * (double)rounds;                                            \
    }

#if defined(__x86_64__)
CHAINS(avx512_float, float, 64, "v", __attribute__((target("avx512f"))))
CHAINS(avx512_double, double, 64, "v", __attribute__((target("avx512f"))))
CHAINS(avx2_float, float, 32, "x", __attribute__((target("avx2,fma"))))
CHAINS(avx2_double, double, 32, "x", __attribute__((target("avx2,fma"))))

double walle_bench_fused(int is_double, long rounds) {
    if (__builtin_cpu_supports("avx512f")) return is_double ? avx512_double(rounds) : avx512_float(rounds);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return is_double ? avx2_double(rounds) : avx2_float(rounds);
    return 0;
}
#elif defined(__aarch64__)
CHAINS(neon_float, float, 16, "w", )
CHAINS(neon_double, double, 16, "w", )

double walle_bench_fused(int is_double, long rounds) {
    return is_double ? neon_double(rounds) : neon_float(rounds);
}
#else
double walle_bench_fused(int is_double, long rounds) {
    (void)is_double, (void)rounds;
    return 0;
}
#endif
