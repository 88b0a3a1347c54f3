/// How often the same packet was seen through each door (``VantagePoint``), and so how many packets there were.
///
/// A door shows each packet once: so there were as many as the door saw that saw the most, and a door that is behind
/// is showing those that others showed already, oldest first. (out, out, in, in are two; out, in, out are two.)
///
/// A sighting that never comes (the capture lost it) must not stand in for a later one: what a door is behind by
/// throughout a whole ``DuplicateRule/window`` is forgiven it.
struct PacketSightings {
    private struct Door {
        /// A ``VantagePoint``'s name; 0 is a free place.
        var name: UInt64 = 0
        /// Packets it showed, those forgiven included; wraps with ``PacketSightings/packets``.
        var count: UInt32 = 0
        /// The least it was behind since the last reckoning.
        var leastBehind: UInt32 = 0
    }

    private(set) var latest: Int64
    private var reckoned: Int64
    /// How many there were; wraps.
    private(set) var packets: UInt32 = 0
    /// ``packets`` at the last two reckonings: what a door that appears only now cannot be showing.
    private var old: (UInt32, UInt32) = (0, 0)
    private var doors: (Door, Door, Door, Door)

    /// The first sighting of a packet.
    init(door: UInt64, at time: Int64) {
        latest = time
        reckoned = time
        packets = 1
        doors = (Door(name: door, count: 1), Door(), Door(), Door())
    }

    /// Whether a sighting at `time` can be one of these at all.
    func isNear(_ time: Int64) -> Bool { Self.distance(latest, time) <= UInt64(DuplicateRule.window) }

    /// One more sighting; whether it shows a packet that was shown before. O(1).
    ///
    /// Four doors are known; a fifth adds no packet.
    mutating func handle(door: UInt64, at time: Int64) -> Bool {
        if Self.distance(reckoned, time) > UInt64(DuplicateRule.window) { reckon(at: time) }
        latest = time
        let known = (old: old.0, packets: packets)
        if doors.0.name == door { return Self.count(&doors.0, &packets) }
        if Self.enter(door, &doors.1, known) { return Self.count(&doors.1, &packets) }
        if Self.enter(door, &doors.2, known) { return Self.count(&doors.2, &packets) }
        if Self.enter(door, &doors.3, known) { return Self.count(&doors.3, &packets) }
        return true
    }

    /// Whether the place is this door's, or was free and is now.
    private static func enter(
        _ name: UInt64, _ door: inout Door, _ known: (old: UInt32, packets: UInt32)
    ) -> Bool {
        if door.name == 0 {
            door = Door(name: name, count: known.old, leastBehind: known.packets &- known.old)
        }
        return door.name == name
    }

    private static func count(_ door: inout Door, _ packets: inout UInt32) -> Bool {
        let isSecond = door.count != packets
        door.count &+= 1
        if !isSecond { packets &+= 1 }
        door.leastBehind = min(door.leastBehind, packets &- door.count)
        return isSecond
    }

    private mutating func reckon(at time: Int64) {
        Self.forgive(&doors.0, packets)
        Self.forgive(&doors.1, packets)
        Self.forgive(&doors.2, packets)
        Self.forgive(&doors.3, packets)
        old = (old.1, packets)
        reckoned = time
    }

    private static func forgive(_ door: inout Door, _ packets: UInt32) {
        guard door.name != 0 else { return }
        door.count &+= door.leastBehind
        door.leastBehind = packets &- door.count
    }

    private static func distance(_ a: Int64, _ b: Int64) -> UInt64 {
        let (distance, overflow) = b.subtractingReportingOverflow(a)
        return overflow ? .max : distance.magnitude
    }
}
