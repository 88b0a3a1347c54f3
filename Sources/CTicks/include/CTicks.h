// The processor's own counter, for operations that are too short for the system's clock.
#pragma once

#include <stdint.h>
#include <time.h>

/// Reads the counter after all earlier instructions have finished and before any later one begins. The unit is ticks, whose
/// length must be measured against the clock. Without a known counter it is the monotonic clock in nanoseconds.
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
