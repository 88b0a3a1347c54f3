// Counts what a thread asks the heap for, so that a test can demand that a path asks for nothing.
#pragma once

#include <stdint.h>

/// How often the calling thread has asked for memory since it began; -1 where nobody counts (another system than
/// glibc's, or a sanitizer that brings a heap of its own).
int64_t callocationcount_of_thread(void);
