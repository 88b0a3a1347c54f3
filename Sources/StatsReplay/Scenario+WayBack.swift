import NetworkEmulator
import StatsClient
import StatsReceiver

/// The way from the receiver back to the client.
extension Scenario {
    /// What answers meet: everything the first way has, but for the packets that were chosen by their numbers.
    var wayBack: Impairments {
        var impairments = impairments
        impairments.drop = []
        return impairments
    }

    /// The receiver, which answers a client that listens.
    var answeringReceiver: ReceiverConfiguration {
        var receiver = receiver
        if client.activeReliability == nil {
            receiver.acknowledgement = nil
        } else if receiver.acknowledgement == nil {
            receiver.acknowledgement = AcknowledgementConfiguration()
        }
        return receiver
    }
}
