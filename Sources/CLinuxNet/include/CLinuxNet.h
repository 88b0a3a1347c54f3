// Functions and values that Swift's Glibc import lacks. Nothing here makes decisions of its own.
#pragma once

/// From now on SIGINT, SIGTERM and SIGHUP write their number as one byte into `descriptor` (SIGHUP only if it is not ignored,
/// as it is under nohup). Any second signal ends the process at once with 128 + its number. SIGPIPE and SIGXFSZ are ignored, so
/// that write() returns EPIPE and EFBIG. Returns 0, or the error number.
///
/// This is a C function, because a handler may only call async-signal-safe functions, and no call of the Swift runtime is safe.
int clinuxnet_watch_stop_signals(int descriptor);

/// A socket that no program inherits: close-on-exec from birth where the system can do that (SOCK_CLOEXEC), else set
/// right afterwards. The descriptor, or minus the error number.
int clinuxnet_socket(int family, int type);

/// A new file, open for reading and writing and close-on-exec; the six letters X at the end of `path` become its name.
/// The descriptor, or -1 with errno.
int clinuxnet_temporary_file(char *_Nonnull path);

/// Makes a pipe whose ends never block and are close-on-exec, from birth where the system can do that (pipe2):
/// `ends[0]` reads, `ends[1]` writes. Returns 0, or the error number.
int clinuxnet_pipe(int *_Nonnull ends);

/// The interface's IFF_ flags, or minus the error number (-ENODEV if the interface does not exist).
int clinuxnet_interface_flags(const char *_Nonnull name);

/// Makes a packet socket ignore outgoing packets (PACKET_IGNORE_OUTGOING, Linux 4.20). Returns 0, or the error number.
int clinuxnet_ignore_outgoing(int packet_socket);

#include <stdatomic.h>
#include <stdint.h>

/// A small number that belongs to the calling thread until it ends; then another thread may get it. It is CLINUXNET_THREADS if
/// that many threads have a number already. Read it with clinuxnet_thread_number.
#define CLINUXNET_THREADS 1024
extern _Thread_local int clinuxnet_thread;
int clinuxnet_claim_thread_number(void);

/// The number of the calling thread. Writes of a thread before its end are visible to the next thread with the same number.
static inline int clinuxnet_thread_number(void) {
    int number = clinuxnet_thread;
    return number >= 0 ? number : clinuxnet_claim_thread_number();
}

/// Keeps the compiler from moving memory accesses across this point. It does not affect the processor and costs no instruction.
static inline void clinuxnet_compiler_fence(void) { atomic_signal_fence(memory_order_seq_cst); }

/// Makes every running thread of this process execute a full memory barrier (membarrier, Linux 4.14). Returns 0, or the error
/// number if the kernel does not support it.
int clinuxnet_process_barrier(void);

/// Names the calling thread, for debuggers and `top`; at most 15 bytes on Linux.
void clinuxnet_name_thread(const char *_Nonnull name);

/// A lock that is free in both processes after fork(), with consistent data behind it, because a forking thread takes it first.
/// So no thread may fork while it holds such a lock. Never null: without memory the process ends.
typedef struct clinuxnet_lock clinuxnet_lock;
clinuxnet_lock *_Nonnull clinuxnet_lock_make(void);
void clinuxnet_lock_free(clinuxnet_lock *_Nonnull lock);
void clinuxnet_lock_take(clinuxnet_lock *_Nonnull lock);
void clinuxnet_lock_give(clinuxnet_lock *_Nonnull lock);

/// From now on `address` holds `value` in every child of fork(), before fork() returns there (pthread_atfork). The memory must
/// stay valid until clinuxnet_unmark_forks.
void clinuxnet_mark_forks(int64_t *_Nonnull address, int64_t value);
void clinuxnet_unmark_forks(int64_t *_Nonnull address);

/// Returns a connected, non-blocking datagram socket, or minus the error number. An error of getaddrinfo is -1000000 - code.
int clinuxnet_connect_udp(const char *_Nonnull host, const char *_Nonnull port);
int clinuxnet_connect_unix(const char *_Nonnull path);

/// Returns a bound, non-blocking datagram socket, or an error as above.
int clinuxnet_bind_udp(const char *_Nonnull host, const char *_Nonnull port);
int clinuxnet_bind_unix(const char *_Nonnull path);

/// Returns 1 if `host` is an address, so that connecting asks no resolver and does not block; otherwise 0.
int clinuxnet_is_address(const char *_Nonnull host);

/// From now on a UDP socket keeps datagrams that came back with an ICMP error, for clinuxnet_next_error (IP_RECVERR). Returns
/// 0, or the error number.
int clinuxnet_watch_errors(int descriptor);

/// Takes the oldest datagram that came back: the part of its payload that the answering host quoted, and the error number that
/// it stands for (0 if it is no network error). Returns the number of bytes, or minus the error number; -EAGAIN if none is
/// left.
int clinuxnet_next_error(int descriptor, uint8_t *_Nonnull bytes, int capacity, int *_Nonnull number);

/// Returns the UDP port of a bound socket, or minus the error number.
int clinuxnet_local_port(int descriptor);

/// Sends at most 64 datagrams that stand `stride` bytes apart. Returns how many the kernel accepted, or minus the error number
/// if it did not accept the first.
int clinuxnet_send_batch(
    int descriptor, const uint8_t *_Nonnull bytes, int stride, const uint32_t *_Nonnull lengths, int count);

/// From now on each received datagram carries the number of datagrams dropped before it (SO_RXQ_OVFL). Returns 0, or the error
/// number.
int clinuxnet_watch_overflow(int descriptor);

/// The source of a datagram: an IPv4 or IPv6 address in the system's own form, `length` bytes of `words`. A length of 0 means
/// that the sender has no such address.
typedef struct {
    uint64_t words[4];
    uint32_t length;
} clinuxnet_address;

/// Receives at most 64 datagrams, `stride` bytes apart; longer ones are cut. Returns how many, or minus the error number;
/// -EAGAIN if there is none. `addresses` gets the source of each. `overflow` gets the number of datagrams dropped since the
/// socket was created, if one of the datagrams carries it.
int clinuxnet_receive_batch(
    int descriptor, uint8_t *_Nonnull bytes, int stride, uint32_t *_Nonnull lengths,
    clinuxnet_address *_Nonnull addresses, int count, uint32_t *_Nonnull overflow);

/// Sends one datagram to an address that is not empty. Returns 0, or the error number.
int clinuxnet_send_to(
    int descriptor, const uint8_t *_Nonnull bytes, int count, const clinuxnet_address *_Nonnull address);

/// Waits until a descriptor is readable, or with `for_writing` writable. A negative time waits for ever. Returns 1 if it is
/// ready, 0 if the time is up or a signal came, and otherwise minus the error number.
int clinuxnet_wait(int descriptor, int for_writing, int64_t nanoseconds);

/// Sets the size of a socket's send or receive buffer in bytes. The kernel may grant less.
int clinuxnet_set_buffer(int descriptor, int for_sending, int bytes);

/// Sets what the calling thread is doing. It is written to standard error if the thread crashes, cut after this many bytes.
#define CLINUXNET_CRASH_NOTE 256
void clinuxnet_set_crash_note(const char *_Nonnull text, int count);

/// From now on a crash (SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGBUS, SIGSEGV) writes the note of the crashing thread. The previous
/// handling follows. Call it once.
void clinuxnet_watch_crashes(void);
