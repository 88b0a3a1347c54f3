#ifndef CALLOCATIONCOUNTER_H
#define CALLOCATIONCOUNTER_H

#include <stdint.h>

// How many blocks the calling thread has asked the C library for. Stays 0 where another allocator is in place: a
// sanitizer's, another counter's, or a system's without glibc.
uint64_t callocationcounter_of_thread(void);

#endif
