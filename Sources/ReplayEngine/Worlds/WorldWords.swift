import StatsModel

/// The text of one sender in a world: lines of StatsD and DogStatsD about a few metrics.
struct WorldWords {
    /// The average number of lines in a datagram.
    let linesEach: Int
    private(set) var written = 0
    private let names: [String]
    private let tags: [String]
    private let hasTexts: Bool
    private let hasFaults: Bool
    private let hasLongTexts: Bool
    private let hasOddValues: Bool

    init(_ dice: inout WorldDice) {
        linesEach = dice.scaled(in: 1...12)
        let isWide = dice.chance(15)
        names = (0..<(isWide ? dice.number(in: 50...300) : dice.scaled(in: 1...20))).map { index in
            let stem = dice.pick(["web.requests", "db.query", "cache", "queue.depth", "x", "a.rather.long.name.of.a.service"])
            return "\(stem).\(index)\(dice.chance(3) ? String(repeating: "y", count: dice.number(in: 20...200)) : "")"
        }
        let values = dice.scaled(in: 1...8)
        tags = dice.chance(50) ? [""] : ["", "|#env:prod"] + (0..<values).map { "|#shard:\($0),env:prod" }
        hasTexts = dice.chance(50)
        hasFaults = dice.chance(20)
        hasLongTexts = dice.chance(8)
        hasOddValues = dice.chance(15)
    }

    mutating func datagram(_ dice: inout WorldDice) -> [UInt8] {
        let lines = (0..<dice.number(in: 1...2 * linesEach - 1)).map { _ in line(&dice) }
        return Array((lines.joined(separator: "\n") + (dice.chance(20) ? "\n" : "")).utf8)
    }

    private mutating func line(_ dice: inout WorldDice) -> String {
        written += 1
        if hasFaults, dice.chance(5) { return dice.pick(["garbage", ":|", "a:x|c", "a:1|", "a:1|q", "_e{9,9}:a|b", ""]) }
        if hasTexts, dice.chance(6) { return text(&dice) }
        let name = dice.pick(names)
        let end = dice.pick(tags) + (dice.chance(3) ? "|T170000\(dice.number(in: 1000...9999))" : "")
        switch dice.below(12) {
        case 0...4: return "\(name):\(value(&dice))|c\(dice.chance(20) ? "|@0.\(dice.number(in: 1...9))" : "")\(end)"
        case 5, 6: return "\(name):\(value(&dice))|g\(end)"
        case 7: return "\(name):\(dice.pick(["-", "+"]))\(dice.number(in: 1...9))|g"
        case 8: return "\(name):\(value(&dice))|ms\(end)"
        case 9: return "\(name):\((0..<dice.number(in: 1...5)).map { _ in value(&dice) }.joined(separator: ":"))|h\(end)"
        case 10: return "\(name):\(value(&dice))|d\(dice.chance(20) ? "|@0.5" : "")\(end)"
        default: return "\(name):user\(dice.below(50))|s\(end)"
        }
    }

    private func value(_ dice: inout WorldDice) -> String {
        if hasOddValues {
            switch dice.below(8) {
            case 0: return "-\(dice.below(1000))"
            case 1: return "\(dice.below(1000)).\(dice.below(1000))"
            case 2: return "9007199254740993"
            case 3: return "1e15"
            case 4: return "0.000001"
            default: break
            }
        }
        return dice.chance(20) ? "\(dice.below(500)).5" : "\(dice.scaled(in: 0...100_000))"
    }

    private func text(_ dice: inout WorldDice) -> String {
        let length = hasLongTexts && dice.chance(20) ? dice.number(in: 900...6000) : dice.scaled(in: 1...120)
        let words = String(repeating: "w", count: length)
        if dice.chance(60) {
            let title = "deploy \(dice.below(100))"
            return "_e{\(title.utf8.count),\(length)}:\(title)|\(words)|t:\(dice.pick(["info", "error"]))\(dice.pick(tags))"
        }
        return "_sc|check.\(dice.below(4))|\(dice.below(4))\(dice.pick(tags))|m:\(words)"
    }
}
