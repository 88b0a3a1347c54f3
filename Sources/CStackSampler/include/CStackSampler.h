#ifndef CSTACKSAMPLER_H
#define CSTACKSAMPLER_H

#include <stddef.h>
#include <stdint.h>

// Samples the stacks of this process's threads while they use the processor: SIGPROF comes after each interval of a
// thread's processor time, and its handler writes the interrupted stack into memory that was made before.

// Frames of one sample at most; deeper callers are cut.
#define CSTACKSAMPLER_DEPTH 192

// Begins. `words` is zeroed memory that stays until cstacksampler_end returned. A sample takes 2 words and one for each
// frame: number of frames, thread, then program counters from the innermost outwards. A number of 0 is the end.
//
// 0, or an errno: EBUSY while another profile is taken, EEXIST where somebody else handles SIGPROF.
int cstacksampler_begin(uintptr_t *words, size_t count, int frequency);

// Lets a thread tick, by the number the system gives it. 0, or an errno. On systems without clocks of single threads
// the process ticks as a whole from the beginning, and this does nothing.
int cstacksampler_add_thread(int thread);

// Ends: no handler runs any more and none will write. The number of samples for which there was no room.
uint64_t cstacksampler_end(void);

// The number of the calling thread.
int cstacksampler_thread(void);

// Shows every loaded program and library: its path (empty for the program itself), the difference between addresses in
// memory and in the file, and one executable range of it. Ranges come one after the other.
void cstacksampler_modules(
    void (*show)(void *context, const char *path, uintptr_t slide, uintptr_t start, uintptr_t end), void *context);

// The exported symbol around an address, or NULL.
const char *cstacksampler_symbol(uintptr_t address);

// A mangled Swift name as people read it, to be freed; NULL where it is none.
char *cstacksampler_demangle(const char *name);

// The frame pointers' way from a machine context's registers, as the handler goes it; how many frames were written.
size_t cstacksampler_walk(uintptr_t pc, uintptr_t fp, uintptr_t sp, uintptr_t *frames, size_t limit);

#endif
