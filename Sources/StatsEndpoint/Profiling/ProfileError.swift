/// Why there is no profile.
enum ProfileError: Error, Equatable {
    /// One is being taken, by whichever endpoint of this process.
    case busy
    case cancelled
    case unavailable(String)
}
