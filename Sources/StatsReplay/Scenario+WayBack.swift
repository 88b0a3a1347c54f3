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

    /// The receiver, which answers a client that listens, and uses the parity of one that sends any.
    var answeringReceiver: ReceiverConfiguration {
        var receiver = receiver
        if client.activeReliability == nil {
            receiver.acknowledgement = nil
        } else if receiver.acknowledgement == nil {
            receiver.acknowledgement = AcknowledgementConfiguration()
        }
        if client.activeParity != nil, receiver.parity == nil {
            receiver.parity = ParityDecoderConfiguration(coveringPacketsOf: client.maximumPacketSize)
        }
        return receiver
    }
}

extension ParityDecoderConfiguration {
    /// For one client at a time, over a network that reorders widely: a thousand packets of its last sessions are kept.
    init(coveringPacketsOf maximumPacketSize: Int) {
        self.init()
        self.maximumPacketSize = maximumPacketSize
        packetsPerSession = 1024
        paritiesPerSession = 128
        maximumSessions = 4
    }
}
