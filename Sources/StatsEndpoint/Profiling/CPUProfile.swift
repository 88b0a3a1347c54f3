/// The result of profiling: where the threads of this process spent processor time.
struct CPUProfile: Equatable, Sendable {
    /// One line a stack, outermost frame first, in the format of `flamegraph.pl` and similar tools: `thread;main;work 12`.
    /// Sorted. Empty if no thread used the processor long enough for a sample.
    var collapsed: String
    var sampleCount: Int
    /// Samples that were dropped because the memory was full.
    var droppedCount: UInt64
    /// Threads that were sampled.
    var threadCount: Int
}
