#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CStackSampler.h"

#include <dlfcn.h>
#include <string.h>

// The Swift runtime's own; declared by no header of the toolchain.
extern char *swift_demangle(const char *name, size_t length, char *output, size_t *output_size, uint32_t flags);

char *cstacksampler_demangle(const char *name) { return swift_demangle(name, strlen(name), NULL, NULL, 0); }

const char *cstacksampler_symbol(uintptr_t address) {
    Dl_info info;
    return dladdr((void *)address, &info) != 0 ? info.dli_sname : NULL;
}

#ifdef __linux__

#include <link.h>

struct visit {
    void (*show)(void *, const char *, uintptr_t, uintptr_t, uintptr_t);
    void *context;
};

static int visit_module(struct dl_phdr_info *info, size_t size, void *argument) {
    (void)size;
    struct visit *visit = argument;
    for (int index = 0; index < info->dlpi_phnum; index++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[index];
        if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X)) continue;
        uintptr_t start = info->dlpi_addr + segment->p_vaddr;
        visit->show(visit->context, info->dlpi_name, info->dlpi_addr, start, start + segment->p_memsz);
    }
    return 0;
}

void cstacksampler_modules(
    void (*show)(void *context, const char *path, uintptr_t slide, uintptr_t start, uintptr_t end), void *context) {
    struct visit visit = {show, context};
    dl_iterate_phdr(visit_module, &visit);
}

#else

void cstacksampler_modules(
    void (*show)(void *context, const char *path, uintptr_t slide, uintptr_t start, uintptr_t end), void *context) {
    (void)show;
    (void)context;
}

#endif
