#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CStackSampler.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif
#endif

// Written between begin and end by one thread, under `is_taken`; read by handlers while `is_active`.
static atomic_bool is_taken;
static atomic_bool is_active;
static atomic_uint handlers;
static uintptr_t *buffer;
static size_t capacity;
static atomic_size_t used;
static atomic_ullong dropped;
static long interval;

#ifdef __linux__
#define TIMER_LIMIT 1024
static timer_t timers[TIMER_LIMIT];
static int timer_count;
#endif

int cstacksampler_thread(void) {
#ifdef __linux__
    return (int)syscall(SYS_gettid);
#else
    return (int)pthread_mach_thread_np(pthread_self());
#endif
}

// Whether 16 bytes at an address that is a multiple of 8 can be read. Called from a signal handler, where nothing else
// answers that.
static int is_readable(uintptr_t address, uintptr_t *known_page) {
#ifdef __linux__
    // Pages are never smaller. Both words lie in one page unless the second begins the next.
    for (int word = 0; word < 2; word++) {
        uintptr_t at = address + 8 * (uintptr_t)word;
        if (at >> 12 == *known_page) continue;
        // The kernel reads the new mask before it refuses the impossible `how`, so it answers EINVAL or EFAULT.
        if (syscall(SYS_rt_sigprocmask, ~0, at, NULL, 8) == 0 || errno != EINVAL) return 0;
        *known_page = at >> 12;
    }
    return 1;
#else
    (void)known_page;
    uintptr_t top = (uintptr_t)pthread_get_stackaddr_np(pthread_self());
    return address + 16 <= top && address >= top - pthread_get_stacksize_np(pthread_self());
#endif
}

size_t cstacksampler_walk(uintptr_t pc, uintptr_t fp, uintptr_t sp, uintptr_t *frames, size_t limit) {
    uintptr_t known_page = ~(uintptr_t)0;
    size_t count = 0;
    if (limit == 0) return 0;
    frames[count++] = pc;
    while (count < limit) {
        // Swift marks frames of async functions with bit 60.
        fp &= ~((uintptr_t)1 << 60);
        // A stack grows downwards; no frame is larger than a megabyte, or the register held something else.
        if (fp < sp || fp % 8 != 0 || fp - sp > 1 << 20 || !is_readable(fp, &known_page)) break;
        uintptr_t caller_fp = ((uintptr_t *)fp)[0];
        uintptr_t return_address = ((uintptr_t *)fp)[1];
#if defined(__aarch64__)
        // Without the authentication code that may stand in the upper bits.
        return_address &= ((uintptr_t)1 << 48) - 1;
#endif
        if (return_address < 4096) break;
        frames[count++] = return_address;
        sp = fp + 16;
        fp = caller_fp;
    }
    return count;
}

static void record(void *context) {
    uintptr_t frames[CSTACKSAMPLER_DEPTH];
    ucontext_t *machine = context;
#if defined(__linux__) && defined(__x86_64__)
    uintptr_t pc = (uintptr_t)machine->uc_mcontext.gregs[REG_RIP];
    uintptr_t fp = (uintptr_t)machine->uc_mcontext.gregs[REG_RBP];
    uintptr_t sp = (uintptr_t)machine->uc_mcontext.gregs[REG_RSP];
#elif defined(__linux__) && defined(__aarch64__)
    uintptr_t pc = machine->uc_mcontext.pc;
    uintptr_t fp = machine->uc_mcontext.regs[29];
    uintptr_t sp = machine->uc_mcontext.sp;
#elif defined(__APPLE__) && defined(__x86_64__)
    uintptr_t pc = machine->uc_mcontext->__ss.__rip;
    uintptr_t fp = machine->uc_mcontext->__ss.__rbp;
    uintptr_t sp = machine->uc_mcontext->__ss.__rsp;
#elif defined(__APPLE__) && defined(__aarch64__)
    uintptr_t pc = (uintptr_t)machine->uc_mcontext->__ss.__pc;
    uintptr_t fp = (uintptr_t)machine->uc_mcontext->__ss.__fp;
    uintptr_t sp = (uintptr_t)machine->uc_mcontext->__ss.__sp;
#else
#error "registers of this machine are not known"
#endif
    size_t depth = cstacksampler_walk(pc, fp, sp, frames, CSTACKSAMPLER_DEPTH);
    size_t start = atomic_fetch_add_explicit(&used, depth + 2, memory_order_relaxed);
    // One word stays 0: the end.
    if (start + depth + 3 > capacity) {
        atomic_fetch_add_explicit(&dropped, 1, memory_order_relaxed);
        return;
    }
    memcpy(buffer + start + 2, frames, depth * sizeof frames[0]);
    buffer[start + 1] = (uintptr_t)cstacksampler_thread();
    buffer[start] = depth;
}

static void handle(int number, siginfo_t *info, void *context) {
    (void)number;
    (void)info;
    int saved = errno;
    // Counted before it looks, so that the end can wait for whoever saw an active profile.
    atomic_fetch_add(&handlers, 1);
    if (atomic_load(&is_active)) record(context);
    atomic_fetch_sub(&handlers, 1);
    errno = saved;
}

// The handler stays for the life of the process: a signal still on its way would end a process that has none.
static int install(void) {
    struct sigaction old, action;
    if (sigaction(SIGPROF, NULL, &old) != 0) return errno;
    if ((old.sa_flags & SA_SIGINFO) && old.sa_sigaction == handle) return 0;
    if ((old.sa_flags & SA_SIGINFO) || (old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN)) return EEXIST;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handle;
    action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    return sigaction(SIGPROF, &action, NULL) == 0 ? 0 : errno;
}

int cstacksampler_begin(uintptr_t *words, size_t count, int frequency) {
    bool expected = false;
    if (!atomic_compare_exchange_strong(&is_taken, &expected, true)) return EBUSY;
    int error = install();
    if (error != 0) {
        atomic_store(&is_taken, false);
        return error;
    }
    buffer = words;
    capacity = count;
    interval = 1000000000L / (frequency > 0 ? frequency : 1);
    atomic_store(&used, 0);
    atomic_store(&dropped, 0);
    atomic_store(&is_active, true);
#ifdef __linux__
    timer_count = 0;
#else
    struct itimerval pace = {{0, interval / 1000}, {0, interval / 1000}};
    setitimer(ITIMER_PROF, &pace, NULL);
#endif
    return 0;
}

int cstacksampler_add_thread(int thread) {
#ifdef __linux__
    if (timer_count == TIMER_LIMIT) return EAGAIN;
    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGPROF;
    event.sigev_notify_thread_id = thread;
    // The clock of one thread's processor time, as pthread_getcpuclockid makes it of a thread's number.
    clockid_t clock = (clockid_t)(~(unsigned)thread << 3 | 6);
    if (timer_create(clock, &event, &timers[timer_count]) != 0) return errno;
    struct itimerspec pace = {{interval / 1000000000L, interval % 1000000000L}, {interval / 1000000000L, interval % 1000000000L}};
    if (timer_settime(timers[timer_count], 0, &pace, NULL) != 0) {
        int error = errno;
        timer_delete(timers[timer_count]);
        return error;
    }
    timer_count++;
    return 0;
#else
    (void)thread;
    return 0;
#endif
}

uint64_t cstacksampler_end(void) {
#ifdef __linux__
    for (int index = 0; index < timer_count; index++) timer_delete(timers[index]);
#else
    struct itimerval none = {{0, 0}, {0, 0}};
    setitimer(ITIMER_PROF, &none, NULL);
#endif
    atomic_store(&is_active, false);
    while (atomic_load(&handlers) != 0) sched_yield();
    buffer = NULL;
    uint64_t lost = atomic_load(&dropped);
    atomic_store(&is_taken, false);
    return lost;
}
