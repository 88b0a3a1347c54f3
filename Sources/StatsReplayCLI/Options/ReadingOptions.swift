import ArgumentParser
import PacketCapture

/// How captures are read. All commands that read captures share these options.
struct ReadingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Datagrams that a capture shows more than once (equal identification, source port and payload within 20 ms): \
            merge counts each once, keep takes all. ask merges those seen from another vantage point (interface, frame \
            addresses, direction, time to live, NAT), which proves it; others are kept, and the capture is not usable \
            before somebody decides. (default: ask)
            """, valueName: "merge|keep|ask"),
        transform: { text in
            guard let word = ReadingRules.Duplicates(rawValue: text) else {
                throw ValidationError("'\(text)' is none of merge, keep, ask.")
            }
            return word
        })
    var duplicates: ReadingRules.Duplicates?

    @Option(
        help: ArgumentHelp(
            """
            Datagrams whose IP or UDP checksum is wrong: verify leaves them out, as every receiver does; ignore reads \
            them. What is left to the device (offload) is not wrong. (default: verify)
            """, valueName: "verify|ignore"),
        transform: { text in
            guard let word = ReadingRules.Checksums(rawValue: text) else {
                throw ValidationError("'\(text)' is none of verify, ignore.")
            }
            return word
        })
    var checksums: ReadingRules.Checksums?

    var isGiven: Bool { duplicates != nil || checksums != nil }

    var rules: ReadingRules {
        var rules = ReadingRules.standard
        if let duplicates { rules.duplicates = duplicates }
        if let checksums { rules.checksums = checksums }
        return rules
    }
}
