import CLinuxNet

/// A line on standard error that describes the work of a thread when it crashed. It serves work on random inputs, where the
/// crashing input must be named.
///
/// The handler is a C function, because nothing else may run while a program crashes.
package enum CrashNote {
    /// Installs the handler exactly once. A second installation would treat the handler as its own predecessor.
    private static let isWatching: Bool = {
        clinuxnet_watch_crashes()
        return true
    }()

    /// From now on, a crash of any thread of this process writes that thread's note.
    package static func watch() { _ = isWatching }

    /// Sets the calling thread's note. Bytes beyond 256 are cut off.
    package static func set(_ text: String) {
        let bytes = Array(text.utf8CString)
        // The call copies the array's bytes without the terminating zero.
        unsafe clinuxnet_set_crash_note(bytes, Int32(clamping: bytes.count - 1))
    }

    /// Removes the calling thread's note.
    package static func clear() {
        // Copies nothing.
        unsafe clinuxnet_set_crash_note("", 0)
    }
}
