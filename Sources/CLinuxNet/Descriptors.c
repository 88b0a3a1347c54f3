#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CLinuxNet.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <stdlib.h>
#include <unistd.h>

int clinuxnet_temporary_file(char *path) { return mkostemp(path, O_CLOEXEC); }

int clinuxnet_socket(int family, int type) {
#ifdef SOCK_CLOEXEC
    int descriptor = socket(family, type | SOCK_CLOEXEC, 0);
    return descriptor < 0 ? -errno : descriptor;
#else
    int descriptor = socket(family, type, 0);
    if (descriptor < 0) return -errno;
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    return descriptor;
#endif
}

int clinuxnet_pipe(int ends[2]) {
#ifdef __linux__
    return pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0 ? 0 : errno;
#else
    if (pipe(ends) != 0) return errno;
    for (int i = 0; i < 2; i++) {
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        fcntl(ends[i], F_SETFL, O_NONBLOCK);
    }
    return 0;
#endif
}
