import SystemIO

/// Drops since the capture began: the kernel's count and that of the interface.
struct InterfaceDrops {
    private let link: NetworkLink
    private let interfaceStart: UInt64?
    private var counter = DropCounter()

    init(link: NetworkLink) {
        self.link = link
        interfaceStart = link.receiveDrops
    }

    mutating func read(_ capture: LiveCapture) -> DropStatistics {
        var answer = DropStatistics()
        if let now = capture.counters() {
            counter.record(accepted: now.accepted, dropped: now.dropped)
            answer.accepted = counter.accepted
            answer.kernelDrops = counter.dropped
        }
        if let interfaceStart, let now = link.receiveDrops {
            answer.interfaceDrops = now - min(now, interfaceStart)
        }
        return answer
    }
}
