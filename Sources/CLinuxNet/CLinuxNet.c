#include "CLinuxNet.h"

#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/if_packet.h>
#endif

static volatile sig_atomic_t stop_descriptor = -1;
static volatile sig_atomic_t stop_count = 0;

static void handle_stop(int number) {
    if (stop_count > 0) _exit(128 + number);
    stop_count = 1;
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t ignored = write(stop_descriptor, &byte, 1);
    (void)ignored;
    errno = saved;
}

int clinuxnet_watch_stop_signals(int descriptor) {
    struct sigaction action, old;
    stop_descriptor = descriptor;
    stop_count = 0;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = SIG_IGN;
    if (sigaction(SIGPIPE, &action, NULL) != 0 || sigaction(SIGXFSZ, &action, NULL) != 0) return errno;
    // No SA_RESTART: a poll that waits must wake.
    action.sa_handler = handle_stop;
    if (sigaction(SIGINT, &action, NULL) != 0 || sigaction(SIGTERM, &action, NULL) != 0) return errno;
    if (sigaction(SIGHUP, NULL, &old) != 0) return errno;
    if (old.sa_handler != SIG_IGN && sigaction(SIGHUP, &action, NULL) != 0) return errno;
    // A parent with threads (a worker of libdispatch, say) may have left them blocked.
    sigset_t mine;
    sigemptyset(&mine);
    sigaddset(&mine, SIGINT);
    sigaddset(&mine, SIGTERM);
    sigaddset(&mine, SIGHUP);
    return pthread_sigmask(SIG_UNBLOCK, &mine, NULL);
}

int clinuxnet_interface_flags(const char *name) {
    struct ifreq request;
    if (strlen(name) >= sizeof request.ifr_name) return -ENODEV;
    int descriptor = clinuxnet_socket(AF_INET, SOCK_DGRAM);
    if (descriptor < 0) return descriptor;
    memset(&request, 0, sizeof request);
    memcpy(request.ifr_name, name, strlen(name));
    int result = ioctl(descriptor, SIOCGIFFLAGS, &request) == 0 ? (unsigned short)request.ifr_flags : -errno;
    close(descriptor);
    return result;
}

int clinuxnet_ignore_outgoing(int packet_socket) {
#if defined(__linux__) && defined(PACKET_IGNORE_OUTGOING)
    int on = 1;
    return setsockopt(packet_socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) == 0 ? 0 : errno;
#else
    (void)packet_socket;
    return ENOPROTOOPT;
#endif
}
