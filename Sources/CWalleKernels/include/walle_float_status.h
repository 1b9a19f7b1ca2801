// The floating-point exceptions that kernels leave in the thread's status flags, read without a call.
#ifndef WALLE_FLOAT_STATUS_H
#define WALLE_FLOAT_STATUS_H

#if defined(__x86_64__)
#include <xmmintrin.h>
enum { walle_float_invalid = 1, walle_float_divide = 4, walle_float_overflow = 8, walle_float_underflow = 16 };

static inline void walle_float_status_clear(void) {
    unsigned status = _mm_getcsr();
    if (status & 0x3d) _mm_setcsr(status & ~0x3du);
}
static inline unsigned walle_float_status(void) {
    return _mm_getcsr() & 0x1d;
}
/// Raises what another thread found.
static inline void walle_float_status_raise(unsigned flags) {
    if (flags) _mm_setcsr(_mm_getcsr() | flags);
}
#else
#include <fenv.h>
enum {
    walle_float_invalid = FE_INVALID, walle_float_divide = FE_DIVBYZERO, walle_float_overflow = FE_OVERFLOW,
    walle_float_underflow = FE_UNDERFLOW,
};

static inline void walle_float_status_clear(void) {
    feclearexcept(FE_ALL_EXCEPT);
}
static inline unsigned walle_float_status(void) {
    return (unsigned)fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW | FE_UNDERFLOW);
}
static inline void walle_float_status_raise(unsigned flags) {
    if (flags) feraiseexcept((int)flags);
}
#endif

#endif
