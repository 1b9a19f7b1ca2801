// Inner loops over numbers, behind one table that is chosen by CPU feature at start.
//
// A kernel walks one dimension: `count` elements, a stride in bytes for each operand (0 repeats one element). What the
// dimensions are, who owns the memory, which element types meet: all that is decided above, in Swift.
//
// Rules for every kernel:
// - Operands are aligned to their element. An output is an input exactly (same address and stride) or does not overlap it.
// - Arithmetic and square root are correctly rounded, elementary functions are within 4 ULP (logaddexp of
//   its larger operand, where the terms cancel); nothing is contracted or
//   reassociated, but for sums, which are pairwise or better.
// - Floating-point exceptions stay in the status flags of the thread; integer division by zero raises FE_DIVBYZERO there.
// - NULL in the table means that the operation is not defined for the type.
// - No allocation, no locks, no global state.
#ifndef WALLE_KERNELS_H
#define WALLE_KERNELS_H

#include "walle_float_status.h"
#include "walle_gemm.h"
#include "walle_ordering.h"
#include "walle_fft.h"
#include "walle_gemm.h"
#include "walle_linear.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Types of elements. float16 and bfloat16 are stored only: kernels compute on float32, and casts round once, which for
/// arithmetic and square root gives the correctly rounded result.
typedef enum {
    walle_bool, walle_int8, walle_int16, walle_int32, walle_int64, walle_uint8, walle_uint16, walle_uint32, walle_uint64,
    walle_float16, walle_bfloat16, walle_float32, walle_float64, walle_complex64, walle_complex128,
    walle_dtype_count,
} walle_dtype;

/// One operand, results of the same type, unless said otherwise.
typedef enum {
    walle_negative, walle_absolute /* of complex: real */, walle_sign, walle_square, walle_reciprocal, walle_sqrt,
    walle_floor, walle_ceil, walle_trunc, walle_round /* to even */, walle_invert, walle_conjugate, walle_bit_count,
    walle_real, walle_imaginary /* of complex: real */,
    walle_logical_not, walle_isnan, walle_isinf, walle_isfinite, walle_signbit, // results are bool
    // Elementary functions.
    walle_exp, walle_exp2, walle_expm1, walle_log, walle_log2, walle_log10, walle_log1p, walle_cbrt,
    walle_sin, walle_cos, walle_tan, walle_asin, walle_acos, walle_atan,
    walle_sinh, walle_cosh, walle_tanh, walle_asinh, walle_acosh, walle_atanh,
    walle_unary_count,
} walle_unary;

/// Two operands of one type, results of that type, unless said otherwise.
typedef enum {
    walle_add, walle_subtract, walle_multiply, walle_divide, walle_floor_divide, walle_remainder /* sign of the divisor */,
    walle_fmod /* sign of the dividend */, walle_power, walle_minimum, walle_maximum /* NaN wins */, walle_fmin,
    walle_fmax /* NaN loses */, walle_copysign, walle_nextafter, walle_hypot, walle_atan2, walle_logaddexp, walle_logaddexp2,
    walle_bitwise_and, walle_bitwise_or, walle_bitwise_xor, walle_left_shift, walle_right_shift,
    walle_gcd, walle_lcm,
    walle_equal, walle_not_equal, walle_less, walle_less_equal, walle_greater, walle_greater_equal, // results are bool
    walle_logical_and, walle_logical_or, walle_logical_xor, // results are bool
    walle_binary_count,
} walle_binary;

/// Many elements to one, which is both input and output: it starts as the identity or the first element.
typedef enum {
    walle_fold_sum, walle_fold_product, walle_fold_minimum, walle_fold_maximum,
    walle_fold_any, walle_fold_all, // of any type into bool
    walle_fold_count,
} walle_fold;

typedef void (*walle_unary_kernel)(ptrdiff_t count, const void *a, ptrdiff_t a_stride, void *out, ptrdiff_t out_stride);
typedef void (*walle_binary_kernel)(
    ptrdiff_t count, const void *a, ptrdiff_t a_stride, const void *b, ptrdiff_t b_stride, void *out,
    ptrdiff_t out_stride);
typedef void (*walle_fold_kernel)(ptrdiff_t count, const void *a, ptrdiff_t a_stride, void *accumulator);
/// Contiguous values between two bounds; NaN wins. Past the caches for outputs that no cache could keep.
typedef void (*walle_clip_kernel)(
    ptrdiff_t count, const void *a, const void *low, const void *high, void *out, bool past_caches);
/// `out[i] = condition[i] ? a[i] : b[i]`; one for each size of element.
typedef void (*walle_select_kernel)(
    ptrdiff_t count, const void *condition, ptrdiff_t condition_stride, const void *a, ptrdiff_t a_stride,
    const void *b, ptrdiff_t b_stride, void *out, ptrdiff_t out_stride);

/// `out[i][j] = in[j][i]`: rows of the result, `out_step` bytes apart, of columns that are `in_step` bytes apart. Elements of
/// a row of the result lie next to one another, as do those of a column in the input. Blocks should fit the first cache.
typedef void (*walle_transpose_kernel)(
    ptrdiff_t rows, ptrdiff_t columns, const void *in, ptrdiff_t in_step, void *out, ptrdiff_t out_step);

/// Movement of many elements at once.
typedef struct {
    /// By the logarithm of the element's size: 1, 2, 4, 8, 16 bytes.
    walle_transpose_kernel transpose[5];
    /// Copies bytes past the caches, where the CPU can: for results larger than these. `settle` comes after the last.
    void (*stream)(ptrdiff_t bytes, const void *from, void *to);
    void (*settle)(void);
} walle_movement;

/// Everything one level of CPU features offers.
typedef struct {
    const char *name; // "avx512", "avx2", "neon", "portable"
    walle_unary_kernel unary[walle_unary_count][walle_dtype_count];
    walle_binary_kernel binary[walle_binary_count][walle_dtype_count];
    walle_fold_kernel fold[walle_fold_count][walle_dtype_count];
    /// From the first index to the second. Out-of-range floats become what the CPU gives for int64, then wrap.
    walle_unary_kernel cast[walle_dtype_count][walle_dtype_count];
    /// By the logarithm of the element's size: 1, 2, 4, 8, 16 bytes.
    walle_unary_kernel copy[5];
    walle_select_kernel select[5];
    walle_movement movement;
    /// The same operations with results that go past the caches, for outputs larger than these; NULL for most.
    struct {
        walle_unary_kernel unary[walle_unary_count][walle_dtype_count];
        walle_binary_kernel binary[walle_binary_count][walle_dtype_count];
        walle_clip_kernel clip[walle_dtype_count];
    } stream;
    /// Pieces of matrix products. Their strides count elements.
    walle_gemm gemm[walle_dtype_count];
    /// Keys of real elements, and of complex ones.
    walle_encode_kernel encode[walle_dtype_count];
    walle_decode_kernel decode[walle_dtype_count];
    walle_complex_keys_kernel complex_keys[2];
    walle_sorting sorting;
    walle_search_kernel search[walle_dtype_count];
    /// Of the least, then of the greatest element.
    walle_place_kernel place[2][walle_dtype_count];
    walle_scan_kernel scan[walle_scan_count][walle_dtype_count];
    walle_selection selection;
    /// NULL for complex types and float16 and bfloat16.
    walle_count_kernel count[walle_dtype_count];
    /// Of int64, float32 and float64.
    walle_ramp_kernel ramp[walle_dtype_count];
    walle_scatter_kernel scatter[walle_scatter_count][walle_dtype_count];
    /// Pieces of matrix factorizations, for the types that these are computed with.
    walle_linear linear[walle_dtype_count];
    /// Pieces of Fourier transforms.
    walle_fft fft;
} walle_kernels;

/// The best level for this CPU, or the one that the environment variable WALLE_KERNELS names. Chosen once.
const walle_kernels *walle_kernels_shared(void);
/// A level by name, for tests; NULL when this CPU lacks it.
const walle_kernels *walle_kernels_named(const char *name);

// Swift sees an array of pointers as a tuple: it asks for one.
static inline walle_unary_kernel walle_kernels_unary(const walle_kernels *kernels, int operation, int type) {
    return kernels->unary[operation][type];
}
static inline walle_binary_kernel walle_kernels_binary(const walle_kernels *kernels, int operation, int type) {
    return kernels->binary[operation][type];
}
/// For outputs that no cache could keep; the usual kernel where there is no other.
static inline walle_unary_kernel walle_kernels_stream_unary(const walle_kernels *kernels, int operation, int type) {
    const walle_unary_kernel kernel = kernels->stream.unary[operation][type];
    return kernel ? kernel : kernels->unary[operation][type];
}
static inline walle_binary_kernel walle_kernels_stream_binary(const walle_kernels *kernels, int operation, int type) {
    const walle_binary_kernel kernel = kernels->stream.binary[operation][type];
    return kernel ? kernel : kernels->binary[operation][type];
}
/// NULL for most types.
static inline walle_clip_kernel walle_kernels_clip(const walle_kernels *kernels, int type) {
    return kernels->stream.clip[type];
}
static inline walle_fold_kernel walle_kernels_fold(const walle_kernels *kernels, int operation, int type) {
    return kernels->fold[operation][type];
}
static inline walle_unary_kernel walle_kernels_cast(const walle_kernels *kernels, int from, int to) {
    return kernels->cast[from][to];
}
/// For elements of 1, 2, 4, 8 or 16 bytes.
static inline walle_unary_kernel walle_kernels_copy(const walle_kernels *kernels, ptrdiff_t bytes) {
    return kernels->copy[__builtin_ctzl((unsigned long)bytes)];
}
static inline walle_select_kernel walle_kernels_select(const walle_kernels *kernels, ptrdiff_t bytes) {
    return kernels->select[__builtin_ctzl((unsigned long)bytes)];
}
/// For elements of 1, 2, 4, 8 or 16 bytes.
static inline walle_transpose_kernel walle_kernels_transpose(const walle_kernels *kernels, ptrdiff_t bytes) {
    return kernels->movement.transpose[__builtin_ctzl((unsigned long)bytes)];
}
static inline const walle_movement *walle_kernels_movement(const walle_kernels *kernels) { return &kernels->movement; }
static inline walle_encode_kernel walle_kernels_encode(const walle_kernels *kernels, int type) {
    return kernels->encode[type];
}
static inline walle_decode_kernel walle_kernels_decode(const walle_kernels *kernels, int type) {
    return kernels->decode[type];
}
/// For complex64 or complex128.
static inline walle_complex_keys_kernel walle_kernels_complex_keys(const walle_kernels *kernels, int type) {
    return kernels->complex_keys[type - walle_complex64];
}
static inline const walle_sorting *walle_kernels_sorting(const walle_kernels *kernels) { return &kernels->sorting; }
static inline walle_search_kernel walle_kernels_search(const walle_kernels *kernels, int type) {
    return kernels->search[type];
}
/// Of the greatest element, or of the least.
static inline walle_place_kernel walle_kernels_place(const walle_kernels *kernels, bool of_greatest, int type) {
    return kernels->place[of_greatest][type];
}
static inline walle_scan_kernel walle_kernels_scan(const walle_kernels *kernels, int operation, int type) {
    return kernels->scan[operation][type];
}
static inline walle_scatter_kernel walle_kernels_scatter(const walle_kernels *kernels, int operation, int type) {
    return kernels->scatter[operation][type];
}
static inline walle_count_kernel walle_kernels_count(const walle_kernels *kernels, int type) {
    return kernels->count[type];
}
static inline walle_ramp_kernel walle_kernels_ramp(const walle_kernels *kernels, int type) {
    return kernels->ramp[type];
}
static inline const walle_selection *walle_kernels_selection(const walle_kernels *kernels) {
    return &kernels->selection;
}
// For elements of 1, 2, 4, 8 or 16 bytes.
static inline walle_gather_kernel walle_selection_gather(const walle_selection *selection, ptrdiff_t bytes) {
    return selection->gather[__builtin_ctzl((unsigned long)bytes)];
}
static inline walle_scatter_kernel walle_selection_scatter(const walle_selection *selection, ptrdiff_t bytes) {
    return selection->scatter[__builtin_ctzl((unsigned long)bytes)];
}
static inline walle_compress_kernel walle_selection_compress(const walle_selection *selection, ptrdiff_t bytes) {
    return selection->compress[__builtin_ctzl((unsigned long)bytes)];
}
static inline walle_expand_kernel walle_selection_expand(const walle_selection *selection, ptrdiff_t bytes) {
    return selection->expand[__builtin_ctzl((unsigned long)bytes)];
}
typedef void (*walle_repeat_kernel)(ptrdiff_t count, const void *a, ptrdiff_t times, void *out);
static inline walle_repeat_kernel walle_selection_repeat(const walle_selection *selection, ptrdiff_t bytes) {
    return selection->repeat[__builtin_ctzl((unsigned long)bytes)];
}

/// Bytes of an element.
static inline ptrdiff_t walle_dtype_bytes(walle_dtype type) {
    static const uint8_t bytes[walle_dtype_count] = {1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 2, 4, 8, 8, 16};
    return bytes[type];
}

static inline const walle_gemm *walle_gemm_of(const walle_kernels *kernels, walle_dtype type) {
    return &kernels->gemm[type];
}
static inline const walle_linear *walle_linear_of(const walle_kernels *kernels, walle_dtype type) {
    return &kernels->linear[type];
}
/// The engine of an index below `count`.
static inline const walle_fft_engine *walle_fft_engine_at(const walle_kernels *kernels, ptrdiff_t index) {
    return &kernels->fft.engines[index];
}

#endif
