// What the documentation of swift-metrics shows, line by line: nothing here knows of this package.

// 1) let's import the metrics API package
import Metrics

enum DocumentationExample {
    static func emit() {
        // 2) we need to create a concrete metric object, the label works similarly to a `DispatchQueue` label
        let counter = Counter(label: "com.example.BestExampleApp.numberOfRequests")

        // 3) we're now ready to use it
        counter.increment()
    }

    // ✅ Create metrics once during setup with fixed dimensions and reuse them
    struct RequestHandler {
        let requestCounter = Counter(label: "requests")

        func handleRequest(requestID: String) {
            requestCounter.increment()
        }
    }

    struct UserService {
        let counter: Counter

        init() {
            // ✅ Created during init — picks up the task-local factory
            self.counter = Counter(label: "users.created")
        }
    }

    static func types() {
        let counter = Counter(label: "types.counter")
        let floatingPointCounter = FloatingPointCounter(label: "types.floating_point_counter")
        let gauge = Gauge(label: "types.gauge")
        let meter = Meter(label: "types.meter")
        let recorder = Recorder(label: "types.recorder")
        let timer = Timer(label: "types.timer")

        counter.increment(by: 100)
        floatingPointCounter.increment(by: 10.5)
        gauge.record(100)
        meter.record(100)
        recorder.record(100)
        timer.recordMilliseconds(100)
    }

    static func mapping(_ myMetricsImplementation: some MetricsFactory) {
        // Add a "service" dimension to all metrics created through this factory
        let factory = myMetricsImplementation.withLabelAndDimensionsMapping { label, dimensions in
            (label, dimensions + [("service", "checkout")])
        }
        let counter = Counter(label: "request_count", dimensions: [("method", "GET")], factory: factory)
        counter.increment()
    }

    static func chaining(_ myMetricsImplementation: some MetricsFactory) {
        let factory =
            myMetricsImplementation
            .withLabelAndDimensionsMapping { label, dimensions in
                ("myapp.\(label)", dimensions)
            }
            .withLabelAndDimensionsMapping { label, dimensions in
                (label, dimensions + [("env", "production")])
            }
        Counter(label: "chained", factory: factory).increment()
    }
}

extension Meter {
    /// The documentation records on a meter; its interface calls that `set`.
    fileprivate func record(_ value: Int) { set(value) }
}
