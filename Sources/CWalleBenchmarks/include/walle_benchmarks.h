// What ours is compared with: the call of a function written in C, without Swift, and what a core can do at most.
#ifndef WALLE_BENCHMARKS_H
#define WALLE_BENCHMARKS_H

// Python.h is not included: it would become part of this module for Swift, beside CWallePython's.
struct _object;

/// Calls `callable` with one argument `count` times through PyObject_Vectorcall. 0, or -1 with an exception set.
int walle_bench_call(struct _object *callable, struct _object *argument, long count);

/// A new built-in function `add(a, b)` of two `int` that fit 64 bits; NULL with an exception set.
struct _object *walle_bench_make_add(void);

/// Calls `measure(function, count)`: the C API's way to pass two arguments is variadic.
struct _object *walle_bench_measure(struct _object *measure, struct _object *function, struct _object *count);

/// Computes `rounds` of fused multiply-adds in the widest vectors of this processor, as fast as one core can.
/// Gives how many floating-point operations that were; 0 where the processor has none that are fused.
double walle_bench_fused(int is_double, long rounds);

#endif
