/// How many packets a capture saw and lost, where the system tells; nil is "not reported".
package struct DropStatistics: Sendable, Equatable {
    /// Packets that passed the filter, those dropped later included.
    package var accepted: UInt64?
    /// Of those, dropped by the kernel because this process read too slowly.
    package var kernelDrops: UInt64?
    /// Dropped by the interface or its driver before any filter.
    package var interfaceDrops: UInt64?

    package init(accepted: UInt64? = nil, kernelDrops: UInt64? = nil, interfaceDrops: UInt64? = nil) {
        self.accepted = accepted
        self.kernelDrops = kernelDrops
        self.interfaceDrops = interfaceDrops
    }

    /// What was added since `earlier`, for a file that is one of several.
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
