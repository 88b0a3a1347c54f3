import FlyingSocks
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Waits with poll(2) for the server's sockets, of which a monitoring endpoint has few. FlyingFox's own queue on Linux
/// keeps a descriptor open for ever each time a server stops; this one gives everything back.
///
/// Copies share one state, since the server's pool waits on a copy of its own.
struct PollQueue: EventQueue {
    private final class State: Sendable {
        struct Contents {
            /// What wakes a waiting poll: reading end and writing end; nil while closed.
            var pipe: (reading: Int32, writing: Int32)?
            var interests: [Int32: Socket.Events] = [:]
            var isStopped = true
            /// Somebody is inside poll with the pipe, so that closing is left to them.
            var isWaiting = false
        }

        let contents = Mutex(Contents())

        deinit { contents.withLock { Self.close(&$0) } }

        static func wake(_ contents: Contents) {
            guard let pipe = contents.pipe else { return }
            var byte: UInt8 = 1
            // One byte from a local variable. A full pipe wakes as well.
            _ = unsafe write(pipe.writing, &byte, 1)
        }

        static func close(_ contents: inout Contents) {
            guard let pipe = contents.pipe.take() else { return }
            _ = Self.closeDescriptor(pipe.reading)
            _ = Self.closeDescriptor(pipe.writing)
        }

        private static func closeDescriptor(_ descriptor: Int32) -> Int32 {
            #if canImport(Glibc)
                Glibc.close(descriptor)
            #else
                Darwin.close(descriptor)
            #endif
        }
    }

    private let state = State()

    mutating func open() throws {
        var ends: [Int32] = [-1, -1]
        // pipe writes two numbers into an array of two.
        guard unsafe pipe(&ends) == 0 else { throw SocketError.makeFailed("pipe") }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        let (reading, writing) = (ends[0], ends[1])
        state.contents.withLock { contents in
            State.close(&contents)
            contents.pipe = (reading, writing)
            contents.interests = [:]
            contents.isStopped = false
        }
    }

    mutating func stop() throws {
        state.contents.withLock { contents in
            contents.isStopped = true
            contents.interests = [:]
            State.wake(contents)
        }
    }

    mutating func close() throws {
        state.contents.withLock { contents in
            contents.isStopped = true
            if !contents.isWaiting { State.close(&contents) }
        }
    }

    mutating func addEvents(_ events: Socket.Events, for socket: Socket.FileDescriptor) throws {
        try state.contents.withLock { contents in
            guard !contents.isStopped else { throw SocketError.disconnected }
            contents.interests[socket.rawValue, default: []].formUnion(events)
            State.wake(contents)
        }
    }

    mutating func removeEvents(_ events: Socket.Events, for socket: Socket.FileDescriptor) throws {
        state.contents.withLock { contents in
            guard let left = contents.interests[socket.rawValue]?.subtracting(events) else { return }
            contents.interests[socket.rawValue] = left.isEmpty ? nil : left
        }
    }

    /// Waits until a socket is ready, or what is waited for changes: then the answer is empty. Throws when stopped.
    func getNotifications() throws -> [EventNotification] {
        var (descriptors, interests) = try begin()
        let count = unsafe poll(&descriptors, nfds_t(descriptors.count), -1)
        // Read before anything else can change it.
        let error = errno
        let isStopped = end()
        if isStopped { throw SocketError.disconnected }
        if count < 0, error != EINTR { throw SocketError.makeFailed("poll") }
        if count <= 0 { return [] }
        return zip(descriptors.dropFirst(), interests).compactMap { descriptor, events in
            Self.notification(descriptor, interest: events)
        }
    }

    /// The pipe first, then every socket by number, with what is awaited of it.
    private func begin() throws -> ([pollfd], [Socket.Events]) {
        try state.contents.withLock { contents in
            guard !contents.isStopped, let pipe = contents.pipe else { throw SocketError.disconnected }
            contents.isWaiting = true
            let waiting = contents.interests.sorted { $0.key < $1.key }
            let sockets = waiting.map { socket, events in
                pollfd(
                    fd: socket,
                    events: Int16(
                        (events.contains(.read) ? POLLIN : 0) | (events.contains(.write) ? POLLOUT : 0)), revents: 0)
            }
            return ([pollfd(fd: pipe.reading, events: Int16(POLLIN), revents: 0)] + sockets, waiting.map(\.value))
        }
    }

    /// Empties the pipe; says whether the queue was stopped, and then gives the pipe back.
    private func end() -> Bool {
        state.contents.withLock { contents in
            contents.isWaiting = false
            if contents.isStopped {
                State.close(&contents)
                return true
            }
            guard let pipe = contents.pipe else { return true }
            var bytes = [UInt8](repeating: 0, count: 64)
            // At most as many bytes as the array holds.
            while unsafe read(pipe.reading, &bytes, bytes.count) == bytes.count {}
            return false
        }
    }

    private static func notification(_ descriptor: pollfd, interest: Socket.Events) -> EventNotification? {
        let happened = Int32(descriptor.revents)
        var events: Socket.Events = []
        if happened & POLLIN != 0 { events.insert(.read) }
        if happened & POLLOUT != 0 { events.insert(.write) }
        events.formIntersection(interest)
        if !events.isEmpty {
            return EventNotification(file: .init(rawValue: descriptor.fd), events: events, errors: [])
        }
        guard happened & (POLLHUP | POLLERR | POLLNVAL) != 0 else { return nil }
        return EventNotification(
            file: .init(rawValue: descriptor.fd), events: interest, errors: [happened & POLLHUP != 0 ? .endOfFile : .error])
    }
}
