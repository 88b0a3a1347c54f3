package import NetworkEmulator
package import PacketCapture
import StatsModel
import StatsPipeline

extension Scenario {
    /// The command line arguments that give this scenario. They always include the seed.
    package var arguments: [String] {
        let plain = Scenario()
        var words: [String] = []
        if ports != plain.ports { words += ["--port", ports.description] }
        words += reading.arguments
        if dialect != plain.dialect { words += ["--dialect", dialect.rawValue] }
        words += pace.arguments
        if loop != 1 { words += ["--loop", "\(loop)"] }
        if let limit { words += ["--limit", "\(limit)"] }
        if let duration { words += ["--duration", duration.description] }
        if let clientWord { words += ["--client", clientWord] }
        return words + impairments.arguments + lossLimits.arguments + ["--seed", "\(seed)"]
    }

    /// The preset's name, or the path of the client file. nil for the standard client.
    private var clientWord: String? {
        if client == .standard { return nil }
        if let preset = ClientPreset.allCases.first(where: { $0.configuration == client }) { return preset.name }
        return clientOrigin.path.isEmpty ? nil : clientOrigin.path
    }

    /// The differences between this scenario and the plain one, as parts of a file name: `loss`, `3`, `seed`, `7`.
    package var nameParts: [String] {
        var words = arguments
        if seed == 1 { words.removeLast(2) }
        if let index = words.firstIndex(of: "--client"), words[index + 1] == clientOrigin.path {
            words[index + 1] = String(clientOrigin.stem)
        }
        return words.map { word in
            let plain = word.hasPrefix("--") ? word.dropFirst(2) : word[...]
            let joined = plain.split { ",:@+/=".contains($0) }.joined(separator: "-")
            let kept = joined.filter {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-")
            }
            return String(kept.prefix(32))
        }
    }
}

extension ReadingRules {
    /// The command line arguments that give these rules. Values that equal ``standard`` are left out.
    package var arguments: [String] {
        var words: [String] = []
        if duplicates != Self.standard.duplicates { words += ["--duplicates", duplicates.rawValue] }
        if checksums != Self.standard.checksums { words += ["--checksums", checksums.rawValue] }
        return words
    }
}

extension Impairments {
    /// The command line arguments that give these impairments. Values that equal those of ``Impairments/init()`` are left out.
    package var arguments: [String] {
        var words = failures.flatMap { ["--fail", "\($0)"] }
        words += losses.flatMap { ["--loss", "\($0)"] }
        if let lossBurstMaximum { words += ["--loss-burst-max", "\(lossBurstMaximum)"] }
        words += duplicates.flatMap { ["--duplicate", "\($0)"] }
        words += corruptions.flatMap { ["--corrupt", "\($0)"] }
        if !reorder.isZero { words += ["--reorder", "\(reorder)"] }
        if gap != 1 { words += ["--gap", "\(gap)"] }
        if delay != .zero { words += ["--delay", "\(delay)"] }
        if jitter != .zero { words += ["--jitter", "\(jitter)"] }
        if distribution != .uniform { words += ["--delay-distribution", distribution.rawValue] }
        if let bottleneck {
            words += ["--bandwidth", "\(bottleneck.rate)"]
            if bottleneck.queue != .standard { words += ["--queue", "\(bottleneck.queue)"] }
        }
        if let mtu { words += ["--mtu", "\(mtu)"] }
        if !drop.isEmpty { words += ["--drop", dropText] }
        if let onlyText { words += ["--only", onlyText] }
        if !hasReturnPath { words.append("--no-return-path") }
        return words
    }
}
