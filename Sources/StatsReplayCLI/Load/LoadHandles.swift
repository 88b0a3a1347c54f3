import StatsClient

/// The handles of the shop's metrics, each made once, and how an event of the plan is recorded with them.
struct LoadHandles {
    private let client: StatsClient
    private let orders: [StatsClient.Counter]
    private let carts: StatsClient.Gauge
    private let latency: StatsClient.Timing
    private let bytes: StatsClient.Histogram
    private let amount: StatsClient.Distribution
    private let visitors: StatsClient.MemberSet

    init(_ client: StatsClient) {
        self.client = client
        orders = LoadPlan.regions.map { client.counter("shop.orders", tags: ["region": $0, "env": "load"]) }
        carts = client.gauge("shop.carts", tags: ["env": "load"])
        latency = client.timing("shop.latency", tags: ["env": "load"])
        bytes = client.histogram("shop.bytes")
        amount = client.distribution("shop.amount")
        visitors = client.memberSet("shop.visitors")
    }

    /// Records one event. The client's final report counts refused events.
    func record(_ event: LoadPlan.Event) {
        switch event {
        case .order(let region): orders[region].increment()
        case .carts(let count): carts.set(Double(count))
        case .latency(let milliseconds): latency.record(milliseconds: milliseconds)
        case .bytes(let count): bytes.record(Double(count))
        case .amount(let sum): amount.record(sum)
        case .visitor(let number): visitors.insert("user-\(number)")
        case .deploy(let number):
            _ = client.recordEvent(title: "deployed", text: "build \(number)\nby the pipeline", tags: ["env": "load"])
        case .check(let status):
            _ = client.recordServiceCheck(
                "shop.database", status: StatsClient.ServiceCheckStatus(rawValue: UInt8(status)) ?? .unknown, message: status == 0 ? "" : "slow", tags: ["env": "load"])
        }
    }
}
