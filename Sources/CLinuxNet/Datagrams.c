#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "CLinuxNet.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/errqueue.h>
#endif

static int fresh(int family) {
    int descriptor = clinuxnet_socket(family, SOCK_DGRAM);
    if (descriptor >= 0) fcntl(descriptor, F_SETFL, O_NONBLOCK);
    return descriptor;
}

static int attach(int descriptor, const struct sockaddr *address, socklen_t length, int binds) {
    if (descriptor < 0) return descriptor;
    if ((binds ? bind(descriptor, address, length) : connect(descriptor, address, length)) == 0) return descriptor;
    int number = errno;
    close(descriptor);
    return -number;
}

static int udp(const char *host, const char *port, int binds) {
    struct addrinfo hints, *list = NULL;
    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_DGRAM;
    int code = getaddrinfo(host, port, &hints, &list);
    if (code != 0) return -1000000 - (code < 0 ? -code : code);
    int result = -EADDRNOTAVAIL;
    for (struct addrinfo *one = list; one != NULL && result < 0; one = one->ai_next)
        result = attach(fresh(one->ai_family), one->ai_addr, one->ai_addrlen, binds);
    freeaddrinfo(list);
    return result;
}

static int local(const char *path, int binds) {
    struct sockaddr_un address;
    memset(&address, 0, sizeof address);
    if (strlen(path) >= sizeof address.sun_path) return -ENAMETOOLONG;
    address.sun_family = AF_UNIX;
    strcpy(address.sun_path, path);
    return attach(fresh(AF_UNIX), (struct sockaddr *)&address, sizeof address, binds);
}

int clinuxnet_is_address(const char *host) {
    struct addrinfo hints, *list = NULL;
    memset(&hints, 0, sizeof hints);
    hints.ai_flags = AI_NUMERICHOST;
    if (getaddrinfo(host, NULL, &hints, &list) != 0) return 0;
    freeaddrinfo(list);
    return 1;
}

int clinuxnet_watch_errors(int descriptor) {
#ifdef __linux__
    int on = 1, family = 0;
    socklen_t length = sizeof family;
    if (getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &family, &length) != 0) return errno;
    // A socket of IPv6 takes both options: the first tells of datagrams to IPv4's mapped addresses alone.
    if (setsockopt(descriptor, IPPROTO_IP, IP_RECVERR, &on, sizeof on) != 0) return errno;
    if (family != AF_INET6) return 0;
    return setsockopt(descriptor, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on) == 0 ? 0 : errno;
#else
    (void)descriptor;
    return ENOPROTOOPT;
#endif
}

int clinuxnet_next_error(int descriptor, uint8_t *bytes, int capacity, int *number) {
#ifdef __linux__
    union {
        char bytes[512];
        struct cmsghdr alignment;
    } control;
    struct iovec part = {.iov_base = bytes, .iov_len = (size_t)capacity};
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    ssize_t count;
    do count = recvmsg(descriptor, &message, MSG_ERRQUEUE | MSG_DONTWAIT);
    while (count < 0 && errno == EINTR);
    if (count < 0) return -errno;
    *number = 0;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part != NULL; part = CMSG_NXTHDR(&message, part)) {
        int is_error = (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR) ||
                       (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR);
        if (!is_error) continue;
        struct sock_extended_err error;
        memcpy(&error, CMSG_DATA(part), sizeof error);
        // An error of our own, such as a datagram too long, was the answer of the call already.
        *number = error.ee_origin == SO_EE_ORIGIN_LOCAL ? 0 : (int)error.ee_errno;
    }
    return (int)count;
#else
    (void)descriptor, (void)bytes, (void)capacity, (void)number;
    return -EAGAIN;
#endif
}

int clinuxnet_connect_udp(const char *host, const char *port) { return udp(host, port, 0); }
int clinuxnet_connect_unix(const char *path) { return local(path, 0); }
int clinuxnet_bind_udp(const char *host, const char *port) { return udp(host, port, 1); }
int clinuxnet_bind_unix(const char *path) { return local(path, 1); }

int clinuxnet_local_port(int descriptor) {
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    char port[16];
    if (getsockname(descriptor, (struct sockaddr *)&address, &length) != 0) return -errno;
    if (getnameinfo((struct sockaddr *)&address, length, NULL, 0, port, sizeof port, NI_NUMERICSERV | NI_DGRAM) != 0)
        return -EAFNOSUPPORT;
    int number = 0;
    for (char *digit = port; *digit >= '0' && *digit <= '9'; digit++) number = number * 10 + (*digit - '0');
    return number;
}

int clinuxnet_send_batch(int descriptor, const uint8_t *bytes, int stride, const uint32_t *lengths, int count) {
    if (count > 64) count = 64;
#ifdef __linux__
    struct mmsghdr messages[64];
    struct iovec parts[64];
    memset(messages, 0, sizeof messages[0] * (size_t)count);
    for (int i = 0; i < count; i++) {
        parts[i].iov_base = (void *)(bytes + (size_t)i * (size_t)stride);
        parts[i].iov_len = lengths[i];
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    int sent;
    do sent = sendmmsg(descriptor, messages, (unsigned)count, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? -errno : sent;
#else
    for (int i = 0; i < count; i++)
        if (send(descriptor, bytes + (size_t)i * (size_t)stride, lengths[i], MSG_DONTWAIT) < 0)
            return i > 0 ? i : -errno;
    return count;
#endif
}

int clinuxnet_watch_overflow(int descriptor) {
#if defined(__linux__) && defined(SO_RXQ_OVFL)
    int on = 1;
    return setsockopt(descriptor, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on) == 0 ? 0 : errno;
#else
    (void)descriptor;
    return ENOPROTOOPT;
#endif
}

/// The address's length where it is one to answer to: UDP's, whole.
static uint32_t known(const clinuxnet_address *address, socklen_t length) {
    struct sockaddr head;
    if (length < sizeof(struct sockaddr_in) || length > sizeof address->words) return 0;
    memcpy(&head, address->words, sizeof head);
    return head.sa_family == AF_INET || head.sa_family == AF_INET6 ? (uint32_t)length : 0;
}

int clinuxnet_send_to(int descriptor, const uint8_t *bytes, int count, const clinuxnet_address *address) {
#ifdef __linux__
    int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
#else
    int flags = MSG_DONTWAIT;
#endif
    ssize_t sent;
    do sent = sendto(
           descriptor, bytes, (size_t)count, flags, (const struct sockaddr *)address->words, (socklen_t)address->length);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? errno : 0;
}

int clinuxnet_receive_batch(
    int descriptor, uint8_t *bytes, int stride, uint32_t *lengths, clinuxnet_address *addresses, int count,
    uint32_t *overflow) {
    if (count > 64) count = 64;
#ifdef __linux__
    struct mmsghdr messages[64];
    struct iovec parts[64];
    union {
        char bytes[CMSG_SPACE(sizeof(uint32_t))];
        struct cmsghdr alignment;
    } controls[64];
    memset(messages, 0, sizeof messages[0] * (size_t)count);
    for (int i = 0; i < count; i++) {
        parts[i].iov_base = bytes + (size_t)i * (size_t)stride;
        parts[i].iov_len = (size_t)stride;
        messages[i].msg_hdr.msg_iov = &parts[i];
        messages[i].msg_hdr.msg_iovlen = 1;
        messages[i].msg_hdr.msg_control = controls[i].bytes;
        messages[i].msg_hdr.msg_controllen = sizeof controls[i].bytes;
        messages[i].msg_hdr.msg_name = addresses[i].words;
        messages[i].msg_hdr.msg_namelen = sizeof addresses[i].words;
    }
    int received;
    do received = recvmmsg(descriptor, messages, (unsigned)count, MSG_DONTWAIT, NULL);
    while (received < 0 && errno == EINTR);
    if (received < 0) return -errno;
    for (int i = 0; i < received; i++) {
        lengths[i] = messages[i].msg_len;
        addresses[i].length = known(&addresses[i], messages[i].msg_hdr.msg_namelen);
        struct cmsghdr *part = CMSG_FIRSTHDR(&messages[i].msg_hdr);
        if (part != NULL && part->cmsg_level == SOL_SOCKET && part->cmsg_type == SO_RXQ_OVFL)
            memcpy(overflow, CMSG_DATA(part), sizeof *overflow);
    }
    return received;
#else
    (void)overflow;
    for (int i = 0; i < count; i++) {
        socklen_t space = sizeof addresses[i].words;
        ssize_t length = recvfrom(
            descriptor, bytes + (size_t)i * (size_t)stride, (size_t)stride, MSG_DONTWAIT,
            (struct sockaddr *)addresses[i].words, &space);
        if (length < 0) return i > 0 ? i : -errno;
        lengths[i] = (uint32_t)length;
        addresses[i].length = known(&addresses[i], space);
    }
    return count;
#endif
}

int clinuxnet_wait(int descriptor, int for_writing, int64_t nanoseconds) {
    struct pollfd entry = {.fd = descriptor, .events = for_writing ? POLLOUT : POLLIN, .revents = 0};
#ifdef __linux__
    struct timespec time = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    int count = ppoll(&entry, 1, nanoseconds < 0 ? NULL : &time, NULL);
#else
    int64_t milliseconds = nanoseconds < 0 ? -1 : nanoseconds / 1000000 + (nanoseconds % 1000000 > 0);
    int count = poll(&entry, 1, milliseconds > 2147483647 ? 2147483647 : (int)milliseconds);
#endif
    if (count < 0) return errno == EINTR ? 0 : -errno;
    return count;
}

int clinuxnet_set_buffer(int descriptor, int for_sending, int bytes) {
#ifdef __linux__
    // Beyond the machine's limit where the process may go there.
    int force = for_sending ? SO_SNDBUFFORCE : SO_RCVBUFFORCE;
    if (setsockopt(descriptor, SOL_SOCKET, force, &bytes, sizeof bytes) == 0) return 0;
#endif
    int option = for_sending ? SO_SNDBUF : SO_RCVBUF;
    return setsockopt(descriptor, SOL_SOCKET, option, &bytes, sizeof bytes) == 0 ? 0 : errno;
}
