#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A failed system call: the action, its subject, and the error number.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The action in words: "open", "write to".
    public let action: String
    /// The file, folder or device of the action. Empty if there is none.
    public let subject: String
    /// The value of `errno`.
    public let number: Int32
    /// A reason in words that replaces the system's text if that is too vague.
    public let detail: String?

    /// The error of an action on a subject, with the system's own text for `number`.
    public init(action: String, subject: String, number: Int32) {
        self.init(action: action, subject: subject, number: number, detail: nil)
    }

    /// The error of an action on a subject. `detail` replaces the system's text unless it is nil.
    public init(action: String, subject: String, number: Int32, detail: String?) {
        self.detail = detail
        self.action = action
        self.subject = subject
        self.number = number
    }

    /// The system's text for the number: "No space left on device".
    public var reason: String {
        if let detail { return detail }
        // strerror returns a terminated string that stays valid until the next call on this thread.
        return unsafe String(cString: strerror(number))
    }

    /// The action, the subject and the reason in one sentence.
    public var description: String {
        subject.isEmpty ? "cannot \(action): \(reason)" : "cannot \(action) \(subject): \(reason)"
    }

    /// Whether a permission is missing (EACCES, EPERM).
    public var isPermission: Bool { number == EACCES || number == EPERM }
    /// Whether there is no room: a full disk, a quota or the size limit of a file (ENOSPC, EDQUOT, EFBIG).
    public var isFull: Bool { number == ENOSPC || number == EDQUOT || number == EFBIG }
    /// Whether the reader of a pipe is gone (EPIPE).
    public var isBrokenPipe: Bool { number == EPIPE }
    /// Whether the file exists already (EEXIST).
    public var alreadyExists: Bool { number == EEXIST }
}
