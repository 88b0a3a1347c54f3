import NetworkEmulator
import StatsModel
import StatsPipeline
import StatsReceiver

/// The way from the receiver back to the client.
extension Scenario {
    /// What answers meet: everything the first way has, but for the packets that were chosen by their numbers.
    var returnPath: Impairments {
        var impairments = impairments
        impairments.drop = []
        return impairments
    }

    /// Metrics of which the receiver keeps what arrived, where the client tells running totals.
    private static let statedMetrics = 1 << 16

    /// Whether no packet is held back as long as the receiver waits for one: a running total heard that long after the receiver
    /// began was then sent after it began.
    var hasShortDelays: Bool {
        let spread = impairments.jitter.rawValue * 2 + (impairments.reorder.isZero ? 0 : impairments.reorderHold.rawValue)
        let isSlow = impairments.failures.contains {
            if case .slow = $0.kind { true } else { false }
        }
        return spread < receiver.reorderLimit.rawValue && impairments.bottleneck == nil && !isSlow
    }

    /// The receiver, which answers a client that listens, and uses the parity of one that sends any.
    var answeringReceiver: ReceiverConfiguration {
        var receiver = receiver
        if client.activeReliability == nil {
            receiver.acknowledgement = nil
        } else if receiver.acknowledgement == nil {
            receiver.acknowledgement = AcknowledgementConfiguration()
        }
        if !impairments.hasReturnPath { receiver.acknowledgement = nil }
        if client.activeReliability?.isStating == true, receiver.maximumStatedMetrics == 0 {
            receiver.maximumStatedMetrics = Self.statedMetrics
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
