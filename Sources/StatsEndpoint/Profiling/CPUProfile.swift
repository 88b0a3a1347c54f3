/// Where the threads of this process spent processor time.
struct CPUProfile: Equatable, Sendable {
    /// One stack a line, outermost first, as `flamegraph.pl` and its relatives read it: `thread;main;work 12`. Sorted.
    /// Empty where no thread used the processor long enough for a sample.
    var collapsed: String
    var sampleCount: Int
    /// Samples for which there was no room.
    var droppedCount: UInt64
    /// Threads that were watched.
    var threadCount: Int
}
