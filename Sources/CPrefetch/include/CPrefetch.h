// A hint to the processor, for memory that will be read soon.
#pragma once

/// Begins to fetch the cache line that holds `address`, and does not wait for it. Any address is allowed; nothing is read.
static inline void cprefetch_line(const void *address) {
    __builtin_prefetch(address);
}
