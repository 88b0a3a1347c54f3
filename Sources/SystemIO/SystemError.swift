#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A system call that failed: which one, on what, and the error number it left.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was tried, as a person says it: "open", "write to".
    public let action: String
    /// The file, folder or device it was tried on; empty where there is none.
    public let subject: String
    /// The value of `errno`.
    public let number: Int32
    /// Words in place of the system's, where they say more.
    public let detail: String?

    public init(action: String, subject: String, number: Int32) {
        self.init(action: action, subject: subject, number: number, detail: nil)
    }

    public init(action: String, subject: String, number: Int32, detail: String?) {
        self.detail = detail
        self.action = action
        self.subject = subject
        self.number = number
    }

    /// The system's own words for the number: "No space left on device".
    public var reason: String {
        if let detail { return detail }
        // strerror answers a terminated string that stays valid until the next call on this thread.
        return unsafe String(cString: strerror(number))
    }

    public var description: String {
        subject.isEmpty ? "cannot \(action): \(reason)" : "cannot \(action) \(subject): \(reason)"
    }

    public var isPermission: Bool { number == EACCES || number == EPERM }
    public var isFull: Bool { number == ENOSPC || number == EDQUOT || number == EFBIG }
    public var isBrokenPipe: Bool { number == EPIPE }
    public var alreadyExists: Bool { number == EEXIST }
}
