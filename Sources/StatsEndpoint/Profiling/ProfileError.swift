/// Why a profile could not be taken.
enum ProfileError: Error, Equatable {
    /// Another profile is being taken, by any endpoint of this process.
    case busy
    case cancelled
    case unavailable(String)
}
