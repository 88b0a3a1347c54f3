// Tells the thread sanitizer of Swift's Mutex where it is contended: that path runs in a library of the toolchain which
// is not built for the sanitizer, so what it orders would be reported as a race. Loaded in front of that library by
// scripts/sanitize. Where a lock is free, the compiler puts its atomic operations into our own code, which is watched.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

// The sanitizer's, in the program that this is loaded into.
extern void __tsan_acquire(void *address);
extern void __tsan_release(void *address);

typedef SWIFT void (*lock_function)(uint32_t thread, SELF void *self);
typedef SWIFT void (*unlock_function)(SELF void *self);

static lock_function lock;
static unlock_function unlock;

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

__attribute__((constructor)) static void find(void) {
    lock = (lock_function)dlsym(RTLD_NEXT, LOCK);
    unlock = (unlock_function)dlsym(RTLD_NEXT, UNLOCK);
}

SWIFT void lock_watched(uint32_t thread, SELF void *self) __asm__(LOCK);
SWIFT void lock_watched(uint32_t thread, SELF void *self) {
    if (!lock) abort();
    lock(thread, self);
    __tsan_acquire(self);
}

SWIFT void unlock_watched(SELF void *self) __asm__(UNLOCK);
SWIFT void unlock_watched(SELF void *self) {
    if (!unlock) abort();
    __tsan_release(self);
    unlock(self);
}
