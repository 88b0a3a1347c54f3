/// What became of a packet that was handed to the system, as far as the sender can know.
package enum SendOutcome: Equatable, Sendable {
    /// The system took it. That it arrives is another matter.
    case sent
    /// The system refused it, or reported that the one before it reached nobody.
    case failed
    /// The system refused its length, not its receiver (EMSGSIZE): nothing is known of the receiver.
    case tooLong
}
