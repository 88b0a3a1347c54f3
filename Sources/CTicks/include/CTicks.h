// The processor's own counter, for operations too short for the system's clock.
#pragma once

#include <stdint.h>
#include <time.h>

/// Reads the counter after everything before it has finished, and before anything behind it begins. In ticks; how long
/// one lasts is to be found against the clock. Nanoseconds of the monotonic clock where no counter is known.
static inline uint64_t cticks_now(void) {
#if defined(__x86_64__)
    __builtin_ia32_lfence();
    uint64_t ticks = __builtin_ia32_rdtsc();
    __builtin_ia32_lfence();
    return ticks;
#elif defined(__aarch64__)
    uint64_t ticks;
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0\n\tisb" : "=r"(ticks) : : "memory");
    return ticks;
#else
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
#endif
}
