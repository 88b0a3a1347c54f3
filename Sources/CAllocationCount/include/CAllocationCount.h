// Counts the heap allocations of a thread, so that a test can require that a code path makes none.
#pragma once

#include <stdint.h>

/// The number of allocations of the calling thread so far; -1 if they are not counted (a C library other than glibc, or a
/// sanitizer with its own heap).
int64_t callocationcount_of_thread(void);

/// The number of allocations of all threads while counting was on (below); -1 if they are not counted.
int64_t callocationcount_of_process(void);

/// Turns the count of all threads on or off. It starts off, because it costs an atomic addition for each allocation.
void callocationcount_watch_process(int on);

/// While on, each allocation of the calling thread writes its call stack to standard error, to find unwanted allocations.
void callocationcount_trace_thread(int on);

/// The bytes in live heap blocks now, over all arenas; -1 if the library does not report them.
int64_t callocationcount_live_bytes(void);
