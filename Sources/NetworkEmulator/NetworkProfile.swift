import StatsModel

/// A named set of options: a network, or a failing receiver.
package struct NetworkProfile: Sendable {
    package let name: String
    /// The profile in one line, for the list of profiles.
    package let summary: String
    /// The source of the figures, and which of them are our own choice.
    package let source: String
    /// The options that the name stands for.
    package let impairments: Impairments

    private init(_ name: String, _ summary: String, source: String, _ change: (inout Impairments) -> Void) {
        self.name = name
        self.summary = summary
        self.source = source
        var impairments = Impairments()
        change(&impairments)
        self.impairments = impairments
    }

    private static let comcast = "network condition profiles, https://github.com/tylertreat/comcast"

    /// All profiles: networks first, then failing receivers.
    package static let all: [NetworkProfile] = [
        NetworkProfile(
            "wifi", "a good wireless network at home",
            source: "WIFI (good): 40 ms, 30 Mbit/s, 0.2 %: \(comcast). Jitter and its distribution chosen here"
        ) {
            $0.bottleneck = Bottleneck(rate: BitRate(bitsPerSecond: 30_000_000))
            $0.losses = [.random(Ratio(2, outOf: 1000), correlation: .zero)]
            $0.delay = .milliseconds(40)
            $0.jitter = .milliseconds(10)
            $0.distribution = .paretonormal
        },
        NetworkProfile(
            "lte", "a phone sending over 4G",
            source: "4G outgoing: 50 Mbit/s, 0.2 %, 45 ms, jitter 15 ms:"
                + " https://wiki.loadero.com/test-creation/participant-configuration/network-conditions/"
        ) {
            $0.bottleneck = Bottleneck(rate: BitRate(bitsPerSecond: 50_000_000))
            $0.losses = [.random(Ratio(2, outOf: 1000), correlation: .zero)]
            $0.delay = .milliseconds(45)
            $0.jitter = .milliseconds(15)
        },
        NetworkProfile(
            "satellite", "a satellite telephone",
            source: "Satellite phone outgoing: 256 kbit/s, 600 ms:"
                + " https://wiki.loadero.com/test-creation/participant-configuration/network-conditions/."
                + " Loss 0.2 %: Satellite, \(comcast)"
        ) {
            $0.bottleneck = Bottleneck(rate: BitRate(bitsPerSecond: 256_000))
            $0.losses = [.random(Ratio(2, outOf: 1000), correlation: .zero)]
            $0.delay = .milliseconds(600)
        },
        NetworkProfile(
            "congested-datacentre", "a rack whose switch runs over in short bursts",
            source: "most bursts last tens of microseconds, latency below a millisecond: High-Resolution"
                + " Measurement of Data Center Microbursts, IMC 2017,"
                + " https://research.fb.com/publications/high-resolution-measurement-of-data-center-microbursts/."
                + " Rates of loss chosen here: bursts of four packets, 0.5 % in all"
        ) {
            // p / (p + r) = 0.5 %, 1 / r = 4.
            $0.losses = [
                .gemodel(p: Ratio(125, outOf: 100_000), r: Ratio(25, outOf: 100), lossInBad: .one, lossInGood: .zero)
            ]
            $0.delay = .microseconds(250)
            $0.jitter = .microseconds(200)
            $0.distribution = .pareto
        },
        NetworkProfile(
            "bad-vpn", "a tunnel over a noisy network",
            source: "MTU 1420: https://lists.zx2c4.com/pipermail/wireguard/2016-December/000787.html. Noisy network: loss"
                + " 2 %, corruption 2 %, reordering 5 %: https://help.perfecto.io/perfecto-help/content/perfecto/sm-commands-and-checkpoints/"
                + "command-network-virtualization-start.htm."
                + " Delay and jitter chosen here"
        ) {
            $0.mtu = MaximumTransmissionUnit(1420)
            $0.losses = [.random(Ratio(2, outOf: 100), correlation: .zero)]
            $0.corruptions = [Corruption(share: Ratio(2, outOf: 100))]
            $0.reorder = Ratio(5, outOf: 100)
            $0.delay = .milliseconds(80)
            $0.jitter = .milliseconds(30)
        },
        NetworkProfile(
            "rolling-restart", "a receiver that is restarted every ten seconds: it refuses for half a second, then knows nothing of before",
            source: "the error on the next send: udp(7), ECONNREFUSED. Times chosen here, to meet every shipped capture"
        ) {
            $0.failures = [
                DownstreamFault(.restart, start: .seconds(2), length: .milliseconds(500), period: .seconds(10))
            ]
        },
        NetworkProfile(
            "slow-agent", "a receiver that falls behind by 50 ms for a second in every three",
            source: "times chosen here, to meet every shipped capture"
        ) {
            $0.failures = [
                DownstreamFault(
                    .slow(.milliseconds(50)), start: .seconds(1), length: .seconds(1), period: .seconds(3))
            ]
        },
        NetworkProfile(
            "flapping-link", "a link that is gone for a quarter of a second every two seconds",
            source: "the error of a send without a route: connect(2), ENETUNREACH. Times chosen here, to meet every"
                + " shipped capture"
        ) {
            $0.failures = [
                DownstreamFault(
                    .unreachable, start: .seconds(1), length: .milliseconds(250), period: .seconds(2))
            ]
        },
    ]
}
