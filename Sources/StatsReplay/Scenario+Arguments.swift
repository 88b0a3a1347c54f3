import NetworkEmulator
import PacketCapture
import StatsClient
import StatsModel

extension Scenario {
    /// The words of the command line that give this scenario, the seed always among them.
    public var arguments: [String] {
        let plain = Scenario()
        var words: [String] = []
        if ports != plain.ports { words += ["--port", ports.description] }
        words += pace.arguments
        if loop != 1 { words += ["--loop", "\(loop)"] }
        if let limit { words += ["--limit", "\(limit)"] }
        if let duration { words += ["--duration", duration.description] }
        if let clientWord { words += ["--client", clientWord] }
        for (name, ratio) in impairments.ratios where !ratio.isZero { words += ["--\(name)", ratio.description] }
        for (name, time) in impairments.times where time != .zero { words += ["--\(name)", time.description] }
        if !impairments.drop.isEmpty { words += ["--drop", dropText] }
        return words + ["--seed", "\(seed)"]
    }

    /// The preset's name, or the file; nil for the standard client.
    private var clientWord: String? {
        if client == .standard { return nil }
        if let preset = ClientPreset.allCases.first(where: { $0.configuration == client }) { return preset.name }
        return clientOrigin.path.isEmpty ? nil : clientOrigin.path
    }

    private var dropText: String {
        impairments.drop.map { $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound)...\($0.upperBound)" }
            .joined(separator: ",")
    }

    /// What distinguishes this scenario from the plain one, as parts of a file name: `loss`, `3`, `seed`, `7`.
    public var nameParts: [String] {
        var words = arguments
        if seed == 1 { words.removeLast(2) }
        if let index = words.firstIndex(of: "--client"), words[index + 1] == clientOrigin.path {
            words[index + 1] = String(clientOrigin.stem)
        }
        return words.map { word in
            let plain = word.hasPrefix("--") ? word.dropFirst(2) : word[...]
            let kept = plain.replacing(",", with: "-").filter {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-")
            }
            return String(kept.prefix(32))
        }
    }
}

extension Impairments {
    /// The probabilities by their names on the command line, in the order in which they apply.
    var ratios: [(String, Ratio)] {
        [("loss", loss), ("duplicate", duplicate), ("corrupt", corrupt), ("reorder", reorder)]
    }

    var times: [(String, Nanoseconds)] { [("delay", delay), ("jitter", jitter)] }
}
