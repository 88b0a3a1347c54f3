import StatsModel

/// A stream of draws, the same for the same seed.
struct Draws {
    private let random: KeyedRandom
    private var step: UInt64 = 0

    init(seed: UInt64) { random = KeyedRandom(seed: seed) }

    mutating func next() -> UInt64 {
        step += 1
        return random.draw(rule: 0, flow: 0, sequence: step)
    }

    /// A number in `0..<bound`.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func chance(oneIn count: Int) -> Bool { below(count) == 0 }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
