// Kernels that sort, search, scan and move elements by position. Included by walle_kernels.h, whose rules hold.
#ifndef WALLE_ORDERING_H
#define WALLE_ORDERING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// How elements become keys, which are signed integers of the elements' width in the order of the elements. NaN always
/// comes last.
enum {
    walle_keys_ascending = 0,
    walle_keys_descending = 1,
    /// -0 and 0 have one key. Without it -0 comes before 0, and decoding gives both back.
    walle_keys_equal_zeros = 2,
};

/// Elements to contiguous keys; in place too.
typedef void (*walle_encode_kernel)(ptrdiff_t count, const void *a, ptrdiff_t a_stride, void *keys, int options);
/// Contiguous keys to elements; in place too. NaN becomes the quiet one without a sign.
typedef void (*walle_decode_kernel)(ptrdiff_t count, const void *keys, void *out, ptrdiff_t out_stride, int options);
/// A complex number has two keys: the second decides where the first are equal. Zeros are equal.
typedef void (*walle_complex_keys_kernel)(
    ptrdiff_t count, const void *a, ptrdiff_t a_stride, int64_t *major, int64_t *minor, int options);

/// What this many 16-bit keys or more are counted for, rather than distributed.
enum { walle_counted_16_least = 1 << 17 };

/// Bytes of scratch that `sort_16` needs.
static inline ptrdiff_t walle_sort_16_scratch(ptrdiff_t count) {
    return count < walle_counted_16_least ? 2 * count : 65536 * (ptrdiff_t)sizeof(uint64_t);
}

/// Sorting of contiguous keys, in place. Equal keys cannot be told apart; pairs of a key and a number are ordered by key,
/// then number, so that with positions as numbers the sort is stable.
typedef struct {
    void (*sort_8)(ptrdiff_t count, int8_t *keys);
    void (*sort_16)(ptrdiff_t count, int16_t *keys, void *scratch);
    void (*sort_32)(ptrdiff_t count, void *keys);
    void (*sort_64)(ptrdiff_t count, void *keys);
    void (*sort_pairs)(ptrdiff_t count, int64_t *keys, int64_t *numbers);
    /// Puts the key of a rank where sorting would, none greater before it and none smaller after it.
    void (*select_32)(ptrdiff_t count, void *keys, ptrdiff_t rank);
    void (*select_64)(ptrdiff_t count, void *keys, ptrdiff_t rank);
    void (*select_pairs)(ptrdiff_t count, int64_t *keys, int64_t *numbers, ptrdiff_t rank);
    /// 1 when no key is less than the one before it, -1 when every one is, else 0.
    int (*direction_32)(ptrdiff_t count, const void *keys);
    int (*direction_64)(ptrdiff_t count, const void *keys);
    /// The positions of the keys in order, stable. The scratch holds a number for each key.
    void (*order_8)(ptrdiff_t count, const int8_t *keys, int64_t *out);
    void (*order_16)(ptrdiff_t count, const int16_t *keys, int64_t *out, int64_t *scratch);
    /// `out[i] = keys[i] << 32 | i`, for at most 2³² keys.
    void (*pack_32)(ptrdiff_t count, const int32_t *keys, int64_t *out);
    /// `out[i] = (keys[i] - least) << shift | i`, which must fit into 63 bits; `out` may be the keys.
    void (*pack_64)(ptrdiff_t count, const int64_t *keys, int64_t least, int shift, int64_t *out);
    /// Leaves the lowest `shift` bits: the positions.
    void (*unpack)(ptrdiff_t count, int64_t *packed, int shift);
} walle_sorting;

/// `out[i]` is where `values[i]` belongs in a sorted array of `length`: before elements equal to it, or after them. The
/// result is int64.
typedef void (*walle_search_kernel)(
    ptrdiff_t count, const void *values, ptrdiff_t values_stride, ptrdiff_t length, const void *sorted,
    ptrdiff_t sorted_stride, bool after, void *out, ptrdiff_t out_stride);

/// The place of the first of the extreme elements, or of the first NaN. At least one element.
typedef ptrdiff_t (*walle_place_kernel)(ptrdiff_t count, const void *a, ptrdiff_t a_stride);

/// What prefixes are folded by; logical ones are of bool.
typedef enum {
    walle_scan_add, walle_scan_multiply, walle_scan_minimum, walle_scan_maximum, walle_scan_and, walle_scan_or,
    walle_scan_count,
} walle_scan;
/// `out[i] = accumulator = accumulator op a[i]`, strictly from left to right; half precision is rounded at each step.
typedef void (*walle_scan_kernel)(
    ptrdiff_t count, const void *a, ptrdiff_t a_stride, void *out, ptrdiff_t out_stride, void *accumulator);

/// What meets at positions.
typedef enum {
    walle_scatter_add, walle_scatter_subtract, walle_scatter_multiply, walle_scatter_minimum, walle_scatter_maximum,
    walle_scatter_count,
} walle_scatter;
/// `out[i] = a[positions[i]]`. Positions count from 0 and are within bounds.
typedef void (*walle_gather_kernel)(
    ptrdiff_t count, const void *a, ptrdiff_t a_stride, const int64_t *positions, void *out, ptrdiff_t out_stride);
/// `a[positions[i]] = values[i]`, or combined with what is there, in order: a position may come again.
typedef void (*walle_scatter_kernel)(
    ptrdiff_t count, const void *values, ptrdiff_t values_stride, const int64_t *positions, void *a, ptrdiff_t a_stride);
/// As the two before, of blocks of some bytes.
typedef void (*walle_blocks_kernel)(
    ptrdiff_t count, const void *from, ptrdiff_t from_stride, const int64_t *positions, void *to, ptrdiff_t to_stride,
    ptrdiff_t bytes);
/// The elements whose byte of a contiguous mask is not 0, one after the other; there are `total` of them.
typedef void (*walle_compress_kernel)(
    ptrdiff_t count, const uint8_t *mask, const void *a, ptrdiff_t a_stride, void *out, ptrdiff_t total);
/// `a[i]` becomes the next of `total` values wherever the byte of a contiguous mask is not 0, of which there are as many.
typedef void (*walle_expand_kernel)(
    ptrdiff_t count, const uint8_t *mask, const void *values, ptrdiff_t values_stride, void *a, ptrdiff_t a_stride,
    ptrdiff_t total);

/// Elements at positions and under masks.
typedef struct {
    /// Positions within an axis of some length, of which negative ones count from its end. Gives the index of the first
    /// that is out of bounds, or `count`.
    ptrdiff_t (*positions)(ptrdiff_t count, const void *in, ptrdiff_t in_stride, ptrdiff_t length, int64_t *out);
    walle_blocks_kernel gather_blocks, scatter_blocks;
    /// Bytes that are not 0.
    ptrdiff_t (*count_mask)(ptrdiff_t count, const void *mask, ptrdiff_t mask_stride);
    /// Where the bytes of a contiguous mask are not 0, counted from `first`; there are `total` of them.
    void (*mask_positions)(ptrdiff_t count, const uint8_t *mask, ptrdiff_t first, ptrdiff_t total, int64_t *out);
    /// By the logarithm of the element's size: 1, 2, 4, 8, 16 bytes.
    walle_gather_kernel gather[5];
    walle_scatter_kernel scatter[5];
    walle_compress_kernel compress[5];
    walle_expand_kernel expand[5];
    /// Each of `count` contiguous elements so many times.
    void (*repeat[5])(ptrdiff_t count, const void *a, ptrdiff_t times, void *out);
} walle_selection;

/// Elements that are not zero.
typedef ptrdiff_t (*walle_count_kernel)(ptrdiff_t count, const void *a, ptrdiff_t a_stride);
/// `start + i * step`, contiguous. The type takes the numbers of its kind.
typedef void (*walle_ramp_kernel)(
    ptrdiff_t count, double start, double step, int64_t whole_start, int64_t whole_step, void *out);

#endif
