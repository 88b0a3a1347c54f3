#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CAllocationCount.h"

#include <errno.h>
#if defined(__GLIBC__)
#include <execinfo.h>
#endif
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define HAS_OTHER_HEAP 1
#endif
#endif

#if defined(__GLIBC__) && !defined(HAS_OTHER_HEAP)

// A program's own malloc stands in front of the library's, for the shared libraries it loads as well. These only
// count and hand on to the names under which glibc keeps its heap.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static _Thread_local int64_t asked __attribute__((tls_model("initial-exec")));

static _Atomic int watched;
static _Atomic int64_t asked_by_all;

static _Thread_local int traced __attribute__((tls_model("initial-exec")));

__attribute__((noinline)) static void trace(void) {
    void *callers[32];
    // The first one asks for memory itself.
    traced = 0;
    backtrace_symbols_fd(callers, backtrace(callers, 32), 2);
    traced = 1;
}

static inline void note(void) {
    asked++;
    if (traced) trace();
    if (atomic_load_explicit(&watched, memory_order_relaxed))
        atomic_fetch_add_explicit(&asked_by_all, 1, memory_order_relaxed);
}

int64_t callocationcount_of_thread(void) { return asked; }

int64_t callocationcount_of_process(void) { return atomic_load(&asked_by_all); }

void callocationcount_watch_process(int on) { atomic_store(&watched, on); }

void callocationcount_trace_thread(int on) { traced = on; }

void *malloc(size_t size) {
    note();
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    note();
    return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
    note();
    return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    note();
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
    note();
    void *made = __libc_memalign(alignment, size);
    if (made == NULL) return ENOMEM;
    *block = made;
    return 0;
}

#else

int64_t callocationcount_of_thread(void) { return -1; }

int64_t callocationcount_of_process(void) { return -1; }

void callocationcount_watch_process(int on) { (void)on; }

void callocationcount_trace_thread(int on) { (void)on; }

#endif

#if defined(__GLIBC__) && !defined(HAS_OTHER_HEAP) && __GLIBC_PREREQ(2, 33)

#include <malloc.h>

int64_t callocationcount_live_bytes(void) {
    struct mallinfo2 heap = mallinfo2();
    return (int64_t)(heap.uordblks + heap.hblkhd);
}

#else

int64_t callocationcount_live_bytes(void) { return -1; }

#endif
