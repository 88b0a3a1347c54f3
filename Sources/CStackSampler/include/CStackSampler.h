#ifndef CSTACKSAMPLER_H
#define CSTACKSAMPLER_H

#include <stddef.h>
#include <stdint.h>

// Samples the stacks of this process's threads while they use the processor. SIGPROF arrives after each interval of a thread's
// processor time. Its handler writes the interrupted stack into preallocated memory.

// The most frames of one sample. Outer callers beyond it are cut.
#define CSTACKSAMPLER_DEPTH 192

// Begins. `words` is zeroed memory that must stay valid until cstacksampler_end returned. A sample takes 2 words and one for
// each frame: number of frames, thread, then program counters from the innermost outwards. A number of frames of 0 is the end.
//
// Returns 0, or an errno: EBUSY while another profile is taken, EEXIST if another handler for SIGPROF is installed.
int cstacksampler_begin(uintptr_t *words, size_t count, int frequency);

// Starts sampling of a thread, by its system number. Returns 0, or an errno. On systems without clocks for single threads the
// whole process is sampled from the beginning, and this does nothing.
int cstacksampler_add_thread(int thread);

// Ends: no handler runs or writes any more. Returns the number of samples for which there was no room.
uint64_t cstacksampler_end(void);

// The system number of the calling thread.
int cstacksampler_thread(void);

// Calls `show` for every loaded program and library: its path (empty for the program itself), the difference between addresses
// in memory and in the file, and one executable range. Several ranges come in separate calls.
void cstacksampler_modules(
    void (*show)(void *context, const char *path, uintptr_t slide, uintptr_t start, uintptr_t end), void *context);

// The exported symbol that contains an address, or NULL.
const char *cstacksampler_symbol(uintptr_t address);

// The readable form of a mangled Swift name, which the caller frees; NULL for other names.
char *cstacksampler_demangle(const char *name);

// Walks the frame pointers from a machine context's registers, as the handler does. Returns how many frames were written.
size_t cstacksampler_walk(uintptr_t pc, uintptr_t fp, uintptr_t sp, uintptr_t *frames, size_t limit);

#endif
