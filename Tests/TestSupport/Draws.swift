import StatsModel

/// A stream of draws, the same for the same seed.
package struct Draws {
    private let random: KeyedRandom
    private var step: UInt64 = 0

    package init(seed: UInt64) { random = KeyedRandom(seed: seed) }

    package mutating func next() -> UInt64 {
        step += 1
        return random.draw(rule: 0, flow: 0, sequence: step)
    }

    /// A number in `0..<bound`.
    package mutating func below<Number: FixedWidthInteger>(_ bound: Number) -> Number { Number(next() % UInt64(bound)) }

    package mutating func chance(percent: UInt64) -> Bool { below(100 as UInt64) < percent }

    package mutating func chance(oneIn count: Int) -> Bool { below(count) == 0 }

    package mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    package mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 24) } }

    package mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var elements = elements
        for index in stride(from: elements.count - 1, to: 0, by: -1) { elements.swapAt(index, below(index + 1)) }
        return elements
    }
}
