/// How many packets a capture accepted and lost, where the system reports it. nil means "not reported".
package struct DropStatistics: Sendable, Equatable {
    /// Packets that passed the filter, those dropped later included.
    package var accepted: UInt64?
    /// Accepted packets that the kernel dropped because this process read too slowly.
    package var kernelDrops: UInt64?
    /// Packets that the interface or its driver dropped before any filter.
    package var interfaceDrops: UInt64?

    package init(accepted: UInt64? = nil, kernelDrops: UInt64? = nil, interfaceDrops: UInt64? = nil) {
        self.accepted = accepted
        self.kernelDrops = kernelDrops
        self.interfaceDrops = interfaceDrops
    }

    /// The difference to `earlier`, for a file that covers a part of the capture.
    package func since(_ earlier: DropStatistics) -> DropStatistics {
        func difference(_ now: UInt64?, _ before: UInt64?) -> UInt64? {
            now.map { $0 - min($0, before ?? 0) }
        }
        return DropStatistics(
            accepted: difference(accepted, earlier.accepted),
            kernelDrops: difference(kernelDrops, earlier.kernelDrops),
            interfaceDrops: difference(interfaceDrops, earlier.interfaceDrops))
    }
}
