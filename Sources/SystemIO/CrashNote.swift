import CLinuxNet

/// A line on standard error that tells what a thread was at when it crashed: for work on random inputs, whose input must be named.
///
/// The handler is a C function, since nothing else may run while a program crashes.
package enum CrashNote {
    /// The watching, begun once however often it is asked for: a second time would take the handler for its own predecessor.
    private static let isWatching: Bool = {
        clinuxnet_watch_crashes()
        return true
    }()

    /// From now on a crash of any thread of this process writes that thread's note.
    package static func watch() { _ = isWatching }

    /// States what the calling thread is at. Bytes beyond 256 are cut off.
    package static func set(_ text: String) {
        let bytes = Array(text.utf8CString)
        // The call copies the array's bytes but for the terminating zero.
        unsafe clinuxnet_set_crash_note(bytes, Int32(clamping: bytes.count - 1))
    }

    package static func clear() {
        // Copies nothing.
        unsafe clinuxnet_set_crash_note("", 0)
    }
}
