#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CLinuxNet.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

// The signals of a program that cannot go on are delivered to the thread that caused them, so each thread's note is its own.
static const int fatal[] = {SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGBUS, SIGSEGV};
#define FATAL (int)(sizeof fatal / sizeof fatal[0])

static struct sigaction before[FATAL];
static _Thread_local char note[CLINUXNET_CRASH_NOTE];
static _Thread_local volatile int length = 0;

static void tell(int number) {
    ssize_t ignored = write(STDERR_FILENO, note, (size_t)length);
    (void)ignored;
    // The instruction is repeated when this returns; whoever watched before, or the system, then ends the program.
    for (int i = 0; i < FATAL; i++)
        if (fatal[i] == number) sigaction(number, &before[i], NULL);
}

void clinuxnet_set_crash_note(const char *text, int count) {
    length = 0;
    if (count > CLINUXNET_CRASH_NOTE) count = CLINUXNET_CRASH_NOTE;
    memcpy(note, text, (size_t)count);
    length = count;
}

void clinuxnet_watch_crashes(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = tell;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_ONSTACK;
    for (int i = 0; i < FATAL; i++) sigaction(fatal[i], &action, &before[i]);
}
