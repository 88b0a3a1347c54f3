/// The file from which a run's client was read, for the command that repeats the run. It has no effect on the run. Two origins
/// are always equal, so that scenarios are compared by the client's configuration.
package struct ClientOrigin: Sendable, Equatable {
    package let path: String

    /// - Parameter path: empty if the client was not read from a file
    package init(path: String) { self.path = path }

    package static func == (a: Self, b: Self) -> Bool { true }

    /// The file's name without folder and suffix.
    var stem: Substring {
        let name = path.split(separator: "/").last ?? path[...]
        return name.split(separator: ".").first ?? name
    }
}
