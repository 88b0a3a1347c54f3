extension StatsMetricsFactory {
    /// What the types of swift-metrics become on the wire.
    public struct Configuration: Sendable, Equatable {
        /// Where the spread of recorded values is worked out.
        public enum RecorderType: Sendable, Equatable {
            /// By the agent of each host; most servers know it.
            case histogram
            /// By the server, over all hosts at once; for DogStatsD.
            case distribution
        }

        /// In which unit a timer's durations travel.
        public enum TimerUnit: Sendable, Equatable {
            /// Always as StatsD's timings, in milliseconds, whatever unit a timer prefers.
            case milliseconds
            /// As timings, in milliseconds, unless a timer prefers another unit. Then as the ``RecorderType``, in that
            /// unit: a StatsD timing cannot say that its value is in seconds.
            case preferred
        }

        public var recorderType: RecorderType
        public var timerUnit: TimerUnit

        public init(recorderType: RecorderType = .histogram, timerUnit: TimerUnit = .preferred) {
            self.recorderType = recorderType
            self.timerUnit = timerUnit
        }
    }
}
