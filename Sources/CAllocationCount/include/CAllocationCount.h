// Counts what a thread asks the heap for, so that a test can demand that a path asks for nothing.
#pragma once

#include <stdint.h>

/// How often the calling thread has asked for memory since it began; -1 where nobody counts (another system than
/// glibc's, or a sanitizer that brings a heap of its own).
int64_t callocationcount_of_thread(void);

/// How often all threads have asked for memory while counting was on (below); -1 where nobody counts.
int64_t callocationcount_of_process(void);

/// Turns the count of all threads on or off. It is off at first: it takes an atomic addition for each request.
void callocationcount_watch_process(int on);

/// While on, each request of the calling thread writes its callers to standard error: who asks where nobody should.
void callocationcount_trace_thread(int on);

/// Bytes that live blocks of the heap take now, all arenas together; -1 where the library does not tell.
int64_t callocationcount_live_bytes(void);
