/// The sampled stacks, with a count for each different stack.
struct StackSamples {
    struct Stack: Hashable {
        var thread: Int
        /// Program counters, innermost first.
        var frames: [UInt]
    }

    private(set) var counts: [Stack: Int] = [:]
    private(set) var sampleCount = 0

    /// Reads samples up to the first frame count that is 0 or exceeds the remaining words.
    init(reading words: Span<UInt>) {
        var position = 0
        while position + 2 <= words.count {
            let depth = Int(clamping: words[position])
            guard depth > 0, depth <= words.count - position - 2 else { break }
            let frames = (position + 2..<position + 2 + depth).map { words[$0] }
            counts[Stack(thread: Int(clamping: words[position + 1]), frames: frames), default: 0] += 1
            sampleCount += 1
            position += depth + 2
        }
    }

    /// The program counters to look up. A return address points after its call, so it is looked up one byte earlier.
    static func lookups(of stack: Stack) -> [UInt] {
        stack.frames.enumerated().map { $0.offset == 0 ? $0.element : $0.element - 1 }
    }

    /// One line a stack, sorted, and the number of samples in all lines.
    func collapsed(threadNames: [Int: String]) -> (text: String, sampleCount: Int) {
        let symbols = SymbolTable(addresses: counts.keys.flatMap(Self.lookups))
        var lines: [String: Int] = [:]
        for (stack, count) in counts {
            var frames: [String] = []
            for address in Self.lookups(of: stack) {
                // An address outside of all programs is no caller: the stack walk went wrong in code without frame pointers.
                guard let name = symbols.name(of: address) else { break }
                frames.append(name)
            }
            if frames.isEmpty { frames = ["[unknown]"] }
            frames.append(threadNames[stack.thread].map(SymbolTable.clean) ?? "thread")
            lines[frames.reversed().joined(separator: ";"), default: 0] += count
        }
        let text = lines.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined()
        return (text, sampleCount)
    }
}
