import Testing

@testable import StatsModel

@Suite("Chunks of keys") struct KeyArenaTests {
    private static func append(_ byteCount: Int, _ byte: UInt8, to arena: inout KeyArena) -> UInt32 {
        arena.append(byteCount) { $0.append(contentsOf: repeatElement(byte, count: byteCount)) }
    }

    /// The bytes that stand at a place.
    private static func bytes(_ arena: KeyArena, _ place: UInt32, _ byteCount: Int) -> [UInt8] {
        let start = KeyArena.offset(of: place)
        return Array(arena.chunks[KeyArena.chunk(of: place)][start..<start + byteCount])
    }

    @Test("a record that fills a chunk to its last byte stays in it, and one byte more opens the next", arguments: [0, 1])
    func border(beyond: Int) {
        var arena = KeyArena()
        let first = Self.append(KeyArena.chunkSize - 10, 1, to: &arena)
        let second = Self.append(10 + beyond, 2, to: &arena)
        #expect(arena.chunks.count == 1 + beyond)
        #expect(KeyArena.chunk(of: second) == beyond)
        #expect(KeyArena.offset(of: second) == (beyond == 0 ? KeyArena.chunkSize - 10 : 0))
        #expect(Self.bytes(arena, first, 3) == [1, 1, 1] && Self.bytes(arena, second, 10) == [UInt8](repeating: 2, count: 10))
    }

    @Test("a record longer than a chunk has one of its own, also as the first of all", arguments: [false, true])
    func long(isFirst: Bool) {
        var arena = KeyArena()
        if !isFirst { _ = Self.append(5, 1, to: &arena) }
        let long = Self.append(3 * KeyArena.chunkSize, 2, to: &arena)
        let next = Self.append(5, 3, to: &arena)
        #expect(arena.chunks.count == (isFirst ? 2 : 3) && KeyArena.offset(of: long) == 0 && KeyArena.offset(of: next) == 0)
        #expect(Self.bytes(arena, long, 3 * KeyArena.chunkSize).allSatisfy { $0 == 2 })
        #expect(Self.bytes(arena, next, 5) == [3, 3, 3, 3, 3])
    }

    @Test("a full chunk is not moved when the arena grows")
    func fullChunk() {
        var arena = KeyArena()
        _ = Self.append(KeyArena.chunkSize, 1, to: &arena)
        func address() -> Int { KeyArena.memoryAddress(of: arena.chunks[0]) }
        let before = address()
        for _ in 0..<100 { _ = Self.append(KeyArena.chunkSize / 8, 2, to: &arena) }
        #expect(arena.chunks.count == 14 && address() == before)
    }

    @Test("a change goes to its record, and not to a copy taken before")
    func update() {
        var arena = KeyArena()
        _ = Self.append(KeyArena.chunkSize, 1, to: &arena)
        let place = Self.append(4, 2, to: &arena)
        let copy = arena
        arena.update(at: place) { offset, chunk in chunk[offset + 1] = 9 }
        #expect(Self.bytes(arena, place, 4) == [2, 9, 2, 2] && Self.bytes(copy, place, 4) == [2, 2, 2, 2] && arena != copy)
    }
}
