// Tells the thread sanitizer about contended uses of Swift's Mutex. That path runs in a library of the toolchain that is not
// built for the sanitizer. Without this, memory accesses that the lock orders would be reported as races. scripts/sanitize
// loads it in front of that library. An uncontended lock needs no such help, because its atomic operations are compiled into
// our own code.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

// Functions of the sanitizer, in the program that loads this library.
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
