extension StatsMetricsFactory {
    /// How the types of swift-metrics are sent.
    public struct Configuration: Sendable, Equatable {
        /// Where the distribution of recorded values is computed.
        public enum RecorderType: Sendable, Equatable {
            /// By the agent on each host; most servers support it.
            case histogram
            /// By the server, across all hosts; for DogStatsD.
            case distribution
        }

        /// The unit in which a timer's durations are sent.
        public enum TimerUnit: Sendable, Equatable {
            /// Always as StatsD timings in milliseconds, whatever unit a timer prefers.
            case milliseconds
            /// As timings in milliseconds, unless a timer prefers another unit. Then as the ``RecorderType``, in that unit,
            /// because a StatsD timing cannot state another unit.
            case preferred
        }

        /// How recorders that aggregate are sent.
        public var recorderType: RecorderType
        /// The unit of timers.
        public var timerUnit: TimerUnit

        /// The defaults are histograms, and timers in the unit that each prefers.
        public init(recorderType: RecorderType = .histogram, timerUnit: TimerUnit = .preferred) {
            self.recorderType = recorderType
            self.timerUnit = timerUnit
        }
    }
}
