public import StatsModel

/// The ring of event slots between one thread that records and one that sends, 32 bytes a slot: see ``SlotRing``.
public typealias SPSCRing = SlotRing<StatEvent>
/// Its filling end.
public typealias RingProducer = SlotProducer<StatEvent>
/// Its emptying end.
public typealias RingConsumer = SlotConsumer<StatEvent>
