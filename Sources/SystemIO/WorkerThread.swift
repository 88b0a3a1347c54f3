import CLinuxNet

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A named thread of the system, for work that sleeps in system calls and therefore must not run in Swift's concurrency pool.
/// It is detached. A caller that needs to know its end has the body report it.
package enum WorkerThread {
    private final class Body: Sendable {
        let name: String
        let run: @Sendable () -> Void
        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// - Parameter name: the name that debuggers and `top` show; at most 15 bytes on Linux
    package static func start(name: String, _ run: @escaping @Sendable () -> Void) throws(SystemError) {
        let short = String(decoding: Array(name.utf8.prefix(15)), as: UTF8.self)
        let body = unsafe Unmanaged.passRetained(Body(name: short, run: run))
        #if canImport(Glibc)
            var thread = pthread_t()
        #else
            var thread: pthread_t?
        #endif
        // The body was retained above. The thread takes over that reference.
        let number = unsafe pthread_create(&thread, nil, { argument in
            unsafe WorkerThread.enter(argument)
            return nil
        }, body.toOpaque())
        guard number == 0 else {
            unsafe body.release()
            throw SystemError(action: "start a thread", subject: name, number: number)
        }
        #if canImport(Glibc)
            pthread_detach(thread)
        #else
            if let thread { pthread_detach(thread) }
        #endif
    }

    private static func enter(_ argument: UnsafeMutableRawPointer?) {
        guard let argument = unsafe argument else { return }
        // The reference that `start` retained.
        let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
        unsafe clinuxnet_name_thread(body.name)
        body.run()
    }
}
