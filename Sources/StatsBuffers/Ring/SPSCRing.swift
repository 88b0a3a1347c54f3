public import StatsModel

/// The ring of event slots between one recording thread and one sending thread, 32 bytes per slot: see ``SlotRing``.
public typealias SPSCRing = SlotRing<StatEvent>
/// The filling end of a ring of events.
public typealias RingProducer = SlotProducer<StatEvent>
/// The emptying end of a ring of events.
public typealias RingConsumer = SlotConsumer<StatEvent>
