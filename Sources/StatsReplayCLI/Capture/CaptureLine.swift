import PacketCapture
import StatsModel

/// The live status line of a running capture.
enum CaptureLine {
    /// At most `width` - 1 columns, so that the terminal never wraps the line. The parts that grow come last.
    static func text(
        _ progress: CaptureProgress, _ counts: CaptureCounts, packetsPerSecond: UInt64, width: Int
    ) -> String {
        var parts = ["\(progress.packets) packets", "\(packetsPerSecond)/s", "dropped \(drops(progress.drops))"]
        if counts.events.total > 0 { parts.append("events \(counts.events.total): \(counts.byType)") }
        if counts.malformed > 0 { parts.append("malformed \(counts.malformed)") }
        let line = parts.joined(separator: " · ")
        return line.count < width ? line : String(line.prefix(max(0, width - 2))) + "…"
    }

    static func drops(_ drops: DropStatistics) -> String {
        let kernel = drops.kernelDrops.map(String.init) ?? "not reported"
        let interface = drops.interfaceDrops.map(String.init) ?? "not reported"
        return "by kernel \(kernel), by interface \(interface)"
    }
}
