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
