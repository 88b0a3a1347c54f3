#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CLinuxNet.h"
#include "Fork.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>
#endif

_Thread_local int clinuxnet_thread = -1;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static unsigned char taken[CLINUXNET_THREADS];

// The thread may still record from other destructors, without a number of its own.
static void give_back(void *value) {
    int number = (int)(intptr_t)value - 1;
    clinuxnet_thread = CLINUXNET_THREADS;
    pthread_mutex_lock(&lock);
    taken[number] = 0;
    pthread_mutex_unlock(&lock);
}

static void make_key(void) { pthread_key_create(&key, give_back); }

int clinuxnet_claim_thread_number(void) {
    pthread_once(&once, make_key);
    pthread_mutex_lock(&lock);
    int number = 0;
    while (number < CLINUXNET_THREADS && taken[number]) number++;
    if (number < CLINUXNET_THREADS) taken[number] = 1;
    pthread_mutex_unlock(&lock);
    // Without a destructor the number would never come back.
    if (number < CLINUXNET_THREADS && pthread_setspecific(key, (void *)(intptr_t)(number + 1)) != 0) {
        pthread_mutex_lock(&lock);
        taken[number] = 0;
        pthread_mutex_unlock(&lock);
        number = CLINUXNET_THREADS;
    }
    clinuxnet_thread = number;
    return number;
}

void clinuxnet_numbers_before_fork(void) { pthread_mutex_lock(&lock); }

void clinuxnet_numbers_after_fork(int is_child) {
    if (is_child) {
        memset(taken, 0, sizeof taken);
        if (clinuxnet_thread >= 0 && clinuxnet_thread < CLINUXNET_THREADS) taken[clinuxnet_thread] = 1;
    }
    pthread_mutex_unlock(&lock);
}

int clinuxnet_process_barrier(void) {
#if defined(__linux__) && defined(SYS_membarrier)
    // MEMBARRIER_CMD_PRIVATE_EXPEDITED (8) asks for its registration (16) once before.
    if (syscall(SYS_membarrier, 8, 0, 0) == 0) return 0;
    if (errno == EPERM && syscall(SYS_membarrier, 16, 0, 0) == 0 && syscall(SYS_membarrier, 8, 0, 0) == 0) return 0;
    return errno;
#else
    return ENOSYS;
#endif
}

void clinuxnet_name_thread(const char *name) {
#ifdef __linux__
    pthread_setname_np(pthread_self(), name);
#else
    pthread_setname_np(name);
#endif
}
