#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CAllocationCounter.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

// In front of glibc's own functions, for the whole test program. Weak, so that another counter may stand here too.

static _Thread_local uint64_t count;

uint64_t callocationcounter_of_thread(void) { return count; }

#if defined(__GLIBC__) && !__has_feature(thread_sanitizer) && !__has_feature(address_sanitizer)

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

__attribute__((weak)) void *malloc(size_t size) {
    count++;
    return __libc_malloc(size);
}

__attribute__((weak)) void *calloc(size_t number, size_t size) {
    count++;
    return __libc_calloc(number, size);
}

__attribute__((weak)) void *realloc(void *block, size_t size) {
    count++;
    return __libc_realloc(block, size);
}

__attribute__((weak)) void *aligned_alloc(size_t alignment, size_t size) {
    count++;
    return __libc_memalign(alignment, size);
}

__attribute__((weak)) int posix_memalign(void **result, size_t alignment, size_t size) {
    count++;
    void *block = __libc_memalign(alignment, size);
    if (block == NULL) return ENOMEM;
    *result = block;
    return 0;
}

#endif
