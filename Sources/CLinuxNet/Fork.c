#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CLinuxNet.h"
#include "Fork.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

// fork() copies the process with the one thread that calls it. A lock that another thread holds at that moment would stay
// locked in the child for ever, over data that is half written. So before the fork the calling thread takes all of
// these locks, and gives them back in both processes.

struct clinuxnet_lock {
    pthread_mutex_t mutex;
    struct clinuxnet_lock *next, *previous;
};

struct word {
    _Atomic int64_t *address;
    int64_t value;
    struct word *next;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
// Held whenever one of the two lists is looked at or changed, and while a fork happens.
static pthread_mutex_t lists = PTHREAD_MUTEX_INITIALIZER;
static clinuxnet_lock *first_lock;
static struct word *first_word;

static void give_until(const clinuxnet_lock *end) {
    for (clinuxnet_lock *lock = first_lock; lock != end; lock = lock->next) pthread_mutex_unlock(&lock->mutex);
}

/// The first lock that somebody holds, with those before it given back; NULL where all were taken.
static clinuxnet_lock *take_all(void) {
    for (clinuxnet_lock *lock = first_lock; lock != NULL; lock = lock->next) {
        if (pthread_mutex_trylock(&lock->mutex) == 0) continue;
        give_until(lock);
        return lock;
    }
    return NULL;
}

// Nothing is held while this waits: whoever holds a lock may take another one, or make one, before it gives it back.
static void before_fork(void) {
    for (int attempt = 0;; attempt++) {
        pthread_mutex_lock(&lists);
        if (take_all() == NULL) break;
        pthread_mutex_unlock(&lists);
        struct timespec pause = {.tv_sec = 0, .tv_nsec = 50000};
        if (attempt < 100) sched_yield();
        else nanosleep(&pause, NULL);
    }
    clinuxnet_numbers_before_fork();
}

static void after_fork_in_parent(void) {
    clinuxnet_numbers_after_fork(0);
    give_until(NULL);
    pthread_mutex_unlock(&lists);
}

static void after_fork_in_child(void) {
    clinuxnet_numbers_after_fork(1);
    for (struct word *word = first_word; word != NULL; word = word->next)
        atomic_store_explicit(word->address, word->value, memory_order_seq_cst);
    give_until(NULL);
    pthread_mutex_unlock(&lists);
}

static void watch(void) { pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child); }

clinuxnet_lock *clinuxnet_lock_make(void) {
    pthread_once(&once, watch);
    clinuxnet_lock *lock = malloc(sizeof *lock);
    if (lock == NULL) abort();
    pthread_mutex_init(&lock->mutex, NULL);
    pthread_mutex_lock(&lists);
    lock->previous = NULL;
    lock->next = first_lock;
    if (first_lock != NULL) first_lock->previous = lock;
    first_lock = lock;
    pthread_mutex_unlock(&lists);
    return lock;
}

void clinuxnet_lock_free(clinuxnet_lock *lock) {
    pthread_mutex_lock(&lists);
    if (lock->previous != NULL) lock->previous->next = lock->next;
    else first_lock = lock->next;
    if (lock->next != NULL) lock->next->previous = lock->previous;
    pthread_mutex_unlock(&lists);
    pthread_mutex_destroy(&lock->mutex);
    free(lock);
}

void clinuxnet_lock_take(clinuxnet_lock *lock) { pthread_mutex_lock(&lock->mutex); }

void clinuxnet_lock_give(clinuxnet_lock *lock) { pthread_mutex_unlock(&lock->mutex); }

void clinuxnet_mark_forks(int64_t *address, int64_t value) {
    pthread_once(&once, watch);
    struct word *word = malloc(sizeof *word);
    if (word == NULL) abort();
    word->address = (_Atomic int64_t *)address;
    word->value = value;
    pthread_mutex_lock(&lists);
    word->next = first_word;
    first_word = word;
    pthread_mutex_unlock(&lists);
}

void clinuxnet_unmark_forks(int64_t *address) {
    pthread_mutex_lock(&lists);
    for (struct word **link = &first_word; *link != NULL; link = &(*link)->next) {
        struct word *word = *link;
        if (word->address != (_Atomic int64_t *)address) continue;
        *link = word->next;
        free(word);
        break;
    }
    pthread_mutex_unlock(&lists);
}
