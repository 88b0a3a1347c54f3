/// The link types a file declares, in order of first appearance. Bounded, because a hostile file may declare 65536.
struct LinkTypeList {
    static let limit = 64
    private(set) var numbers: [UInt16] = []

    mutating func insert(_ number: UInt16) {
        guard numbers.count < Self.limit, !numbers.contains(number) else { return }
        numbers.append(number)
    }

    var names: [String] { numbers.map(LinkType.name) }
    var unsupportedNames: [String] { numbers.filter { LinkType(number: $0) == .unsupported }.map(LinkType.name) }
}
