// What the Glibc import hides from Swift. Nothing here decides anything; it only names what exists.
#pragma once

/// From now on SIGINT, SIGTERM and (unless it is ignored, as under nohup) SIGHUP write their number as one byte
/// into `descriptor`; any second one ends the process at once with 128 + its number. SIGPIPE and SIGXFSZ are
/// ignored, so that write() answers EPIPE and EFBIG. Returns 0, or the error number.
///
/// A C function, because a handler may do nothing but what is async-signal-safe: no Swift runtime call is.
int clinuxnet_watch_stop_signals(int descriptor);

/// The interface's IFF_ flags, or minus the error number (-ENODEV: there is no such interface).
int clinuxnet_interface_flags(const char *_Nonnull name);

/// Makes a packet socket skip what leaves the machine (PACKET_IGNORE_OUTGOING, Linux 4.20).
/// Returns 0, or the error number.
int clinuxnet_ignore_outgoing(int packet_socket);

#include <stdatomic.h>
#include <stdint.h>

/// A small number that belongs to the calling thread while it lives; it is given to another thread afterwards.
/// CLINUXNET_THREADS where so many threads have one already. Shown by clinuxnet_thread_number.
#define CLINUXNET_THREADS 1024
extern _Thread_local int clinuxnet_thread;
int clinuxnet_claim_thread_number(void);

/// The number of the calling thread. What a thread wrote before it ended is visible to the next one with its number.
static inline int clinuxnet_thread_number(void) {
    int number = clinuxnet_thread;
    return number >= 0 ? number : clinuxnet_claim_thread_number();
}

/// Keeps the compiler, not the processor, from moving memory accesses across; costs no instruction.
static inline void clinuxnet_compiler_fence(void) { atomic_signal_fence(memory_order_seq_cst); }

/// Makes every running thread of this process pass a full memory barrier (membarrier, Linux 4.14).
/// Returns 0, or the error number where the kernel cannot.
int clinuxnet_process_barrier(void);

void clinuxnet_name_thread(const char *_Nonnull name);

/// A lock that fork() leaves free in both processes, with nothing behind it half done: whoever forks takes it first. For
/// that nobody may fork while it holds one. Never null: without memory the process ends.
typedef struct clinuxnet_lock clinuxnet_lock;
clinuxnet_lock *_Nonnull clinuxnet_lock_make(void);
void clinuxnet_lock_free(clinuxnet_lock *_Nonnull lock);
void clinuxnet_lock_take(clinuxnet_lock *_Nonnull lock);
void clinuxnet_lock_give(clinuxnet_lock *_Nonnull lock);

/// From now on `address` holds `value` in every child that fork() makes, before fork() returns there (pthread_atfork).
/// Until clinuxnet_unmark_forks, after which the memory may go.
void clinuxnet_mark_forks(int64_t *_Nonnull address, int64_t value);
void clinuxnet_unmark_forks(int64_t *_Nonnull address);

/// A connected, non-blocking datagram socket, or minus the error number; -1000000 - code for what getaddrinfo says.
int clinuxnet_connect_udp(const char *_Nonnull host, const char *_Nonnull port);
int clinuxnet_connect_unix(const char *_Nonnull path);

/// A bound, non-blocking datagram socket, or as above.
int clinuxnet_bind_udp(const char *_Nonnull host, const char *_Nonnull port);
int clinuxnet_bind_unix(const char *_Nonnull path);

/// 1 where `host` is an address, so that connecting asks no resolver and does not block; else 0.
int clinuxnet_is_address(const char *_Nonnull host);

/// From now on a UDP socket keeps what comes back of its datagrams (ICMP), for clinuxnet_next_error (IP_RECVERR).
/// Returns 0, or the error number.
int clinuxnet_watch_errors(int descriptor);

/// Takes the oldest datagram that came back: the beginning of its payload, as far as the answering host quoted it, and
/// the error number it stands for (0: none that tells of the network). Returns how many bytes, or minus the error
/// number, -EAGAIN where none is left.
int clinuxnet_next_error(int descriptor, uint8_t *_Nonnull bytes, int capacity, int *_Nonnull number);

/// The UDP port that a bound socket has, or minus the error number.
int clinuxnet_local_port(int descriptor);

/// Sends datagrams that stand `stride` bytes apart, at most 64; says how many the kernel took, or minus the error
/// number where it did not take the first.
int clinuxnet_send_batch(
    int descriptor, const uint8_t *_Nonnull bytes, int stride, const uint32_t *_Nonnull lengths, int count);

/// From now on each datagram that is received says how many before it found no room (SO_RXQ_OVFL).
/// Returns 0, or the error number.
int clinuxnet_watch_overflow(int descriptor);

/// Where a datagram came from: an IPv4 or IPv6 address as the system writes it, `length` bytes of `words`. A length of 0
/// means a sender without such an address.
typedef struct {
    uint64_t words[4];
    uint32_t length;
} clinuxnet_address;

/// Takes at most 64 datagrams, `stride` bytes apart; one that is longer is cut. Returns how many, or minus the error
/// number, -EAGAIN where none is there. `overflow` gets how many the socket had no room for since it was made, where
/// one of them says so, and `addresses` where each came from.
int clinuxnet_receive_batch(
    int descriptor, uint8_t *_Nonnull bytes, int stride, uint32_t *_Nonnull lengths,
    clinuxnet_address *_Nonnull addresses, int count, uint32_t *_Nonnull overflow);

/// Sends one datagram to an address that is not empty. Returns 0, or the error number.
int clinuxnet_send_to(
    int descriptor, const uint8_t *_Nonnull bytes, int count, const clinuxnet_address *_Nonnull address);

/// Waits until a descriptor is readable or (`for_writing`) writable; a negative time waits for ever.
/// 1: it is, 0: the time is up or a signal came, else minus the error number.
int clinuxnet_wait(int descriptor, int for_writing, int64_t nanoseconds);

int clinuxnet_set_buffer(int descriptor, int for_sending, int bytes);
int clinuxnet_get_buffer(int descriptor, int for_sending);

/// What the calling thread is at: written to standard error where the thread crashes, cut after so many bytes.
#define CLINUXNET_CRASH_NOTE 256
void clinuxnet_set_crash_note(const char *_Nonnull text, int count);

/// From now on a crash (SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGBUS, SIGSEGV) writes the note of the thread that caused it, and
/// then goes the way it went before. Call once.
void clinuxnet_watch_crashes(void);
