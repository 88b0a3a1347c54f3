/// The result of sending a packet, as far as the sender can know it.
package enum SendOutcome: Equatable, Sendable {
    /// The system took the packet. It may still be lost on its way.
    case sent
    /// The system refused the packet, or reported that the packet before it reached no receiver.
    case failed
    /// The system refused the packet because of its length (EMSGSIZE). This says nothing about the receiver.
    case tooLong
}
