import NetworkEmulator
import StatsModel
import StatsPipeline
import StatsReceiver

/// The return path from the receiver to the client.
extension Scenario {
    /// The impairments of the return path: those of the forward path, without the packets dropped by number.
    var returnPath: Impairments {
        var impairments = impairments
        impairments.drop = []
        return impairments
    }

    /// The number of metrics for which the receiver adds up arrived events, if the client sends running totals.
    private static let runningTotalLimit = 1 << 16

    /// Whether the delays of two packets always differ by less than the receiver's reorder limit. A running total that arrives at
    /// least that long after a restarted receiver's first packet was then not overtaken by a packet that arrived before the
    /// restart.
    var hasShortDelays: Bool {
        let spread = impairments.jitter.rawValue * 2 + (impairments.reorder.isZero ? 0 : impairments.reorderHold.rawValue)
        let isSlow = impairments.failures.contains {
            if case .slow = $0.kind { true } else { false }
        }
        return spread < receiver.reorderLimit.rawValue && impairments.bottleneck == nil && !isSlow
    }

    /// The receiver's configuration, with acknowledgements, running totals and parity if the client uses them.
    var answeringReceiver: ReceiverConfiguration {
        var receiver = receiver
        if client.activeReliability == nil {
            receiver.acknowledgement = nil
        } else if receiver.acknowledgement == nil {
            receiver.acknowledgement = AcknowledgementConfiguration()
        }
        if !impairments.hasReturnPath { receiver.acknowledgement = nil }
        if client.activeReliability?.sendsRunningTotals == true, receiver.maximumRunningTotals == 0 {
            receiver.maximumRunningTotals = Self.runningTotalLimit
        }
        if client.activeParity != nil, receiver.parity == nil {
            receiver.parity = ParityDecoderConfiguration(coveringPacketsOf: client.maximumPacketSize)
        }
        return receiver
    }
}

extension ParityDecoderConfiguration {
    /// Bounds for one client at a time and a network that reorders widely: 1024 packets for each of the last 4 sessions.
    init(coveringPacketsOf maximumPacketSize: Int) {
        self.init()
        self.maximumPacketSize = maximumPacketSize
        packetsPerSession = 1024
        paritiesPerSession = 128
        maximumSessions = 4
    }
}
