#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CAllocationCount.h"

#include <errno.h>
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

int64_t callocationcount_of_thread(void) { return asked; }

void *malloc(size_t size) {
    asked++;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    asked++;
    return __libc_calloc(count, size);
}

void *realloc(void *block, size_t size) {
    asked++;
    return __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size) {
    asked++;
    return __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    asked++;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
    asked++;
    void *made = __libc_memalign(alignment, size);
    if (made == NULL) return ENOMEM;
    *block = made;
    return 0;
}

#else

int64_t callocationcount_of_thread(void) { return -1; }

#endif
