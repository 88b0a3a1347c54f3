#include "CFork.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

int cfork(void) {
    pid_t child = fork();
    if (child == 0) {
        // A thread of a pool blocks all signals, and its child with it: the alarm that ends a child that hangs must reach it.
        sigset_t alarms;
        sigemptyset(&alarms);
        sigaddset(&alarms, SIGALRM);
        sigprocmask(SIG_UNBLOCK, &alarms, NULL);
    }
    return (int)child;
}
