/// The file that a run's client was read from, for the command that repeats the run. It decides nothing: two origins
/// are always equal, so that scenarios are compared by what the client is.
package struct ClientOrigin: Sendable, Equatable {
    package let path: String

    /// - Parameter path: empty where it was no file
    package init(path: String) { self.path = path }

    package static func == (a: Self, b: Self) -> Bool { true }

    /// The file's name without folder and suffix.
    var stem: Substring {
        let name = path.split(separator: "/").last ?? path[...]
        return name.split(separator: ".").first ?? name
    }
}
