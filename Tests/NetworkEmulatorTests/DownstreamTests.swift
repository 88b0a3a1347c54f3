import StatsModel
import Testing

@testable import NetworkEmulator

@Suite struct DownstreamTests {
    private func answers(_ texts: [String], _ milliseconds: [Int64]) throws -> [DownstreamSchedule.Answer] {
        var schedule = DownstreamSchedule(try texts.map { try DownstreamFault(parsing: $0) })
        var answers: [DownstreamSchedule.Answer] = []
        for time in milliseconds { answers.append(schedule.handleSend(at: .start + .milliseconds(time))) }
        return answers
    }

    @Test("a refusal loses a packet and fails the next send, even behind the end of the failure")
    func refuse() throws {
        let answers = try answers(["refuse@2s+500ms"], [1999, 2000, 2001, 2400, 2600, 2700])
        #expect(
            answers == [
                .taken(delay: .zero), .lost(fault: 0), .failed(fault: 0), .lost(fault: 0), .failed(fault: 0),
                .taken(delay: .zero),
            ])
    }

    @Test("what fails at once fails from the beginning up to the end", arguments: ["unreachable", "stall", "buffers"])
    func atOnce(kind: String) throws {
        let answers = try answers(["\(kind)@10ms+5ms"], [9, 10, 14, 15])
        #expect(answers == [.taken(delay: .zero), .failed(fault: 0), .failed(fault: 0), .taken(delay: .zero)])
    }

    @Test("a blackhole says nothing, and comes again by its period")
    func blackhole() throws {
        let times: [Int64] = [9_999, 10_000, 11_999, 12_000, 39_999, 40_000, 41_999, 42_000, 70_500]
        let lost = try answers(["blackhole@10s+2s/30s"], times).map { $0 == .lost(fault: 0) }
        #expect(lost == [false, true, true, false, false, true, true, false, true])
    }

    @Test("a restarting receiver refuses while it is down, if it is; a restarting client takes its pending refusal along")
    func restart() throws {
        #expect(try answers(["restart@10ms+5ms"], [9, 10, 11, 14, 15, 16]) == [
            .taken(delay: .zero), .lost(fault: 0), .failed(fault: 0), .lost(fault: 0), .failed(fault: 0), .taken(delay: .zero),
        ])
        #expect(try answers(["restart@10ms", "client-restart@10ms/1ms"], [9, 10, 11]).allSatisfy { $0 == .taken(delay: .zero) })
        var schedule = DownstreamSchedule([try DownstreamFault(parsing: "refuse@1s+1s")])
        #expect(schedule.handleSend(at: .start + .seconds(1)) == .lost(fault: 0))
        schedule.handleClientRestart()
        #expect(schedule.handleSend(at: .start + .seconds(3)) == .taken(delay: .zero))
    }

    @Test("restarts come by time, of one instant in the order given, a receiver's behind its time down")
    func schedule() throws {
        let texts = ["client-restart@3s/2s", "restart@1s+2s", "blackhole@1s+1s", "restart@4s/3s"]
        var schedule = try #require(RestartSchedule(try texts.map { try DownstreamFault(parsing: $0) }))
        #expect(schedule.next(of: .client) == .start + .seconds(3) && schedule.next(of: .receiver) == .start + .seconds(3))
        #expect(schedule.poll(at: .start + .milliseconds(2999)) == nil)
        var seen: [String] = []
        while let restart = schedule.poll(at: .start + .seconds(7)) {
            seen.append("\(restart.process) \(restart.time.nanoseconds / 1_000_000_000) \(restart.fault)")
        }
        #expect(seen == ["client 3 0", "receiver 3 1", "receiver 4 3", "client 5 0", "client 7 0", "receiver 7 3"])
        schedule.stopClient()
        #expect(schedule.next(of: .client) == nil && schedule.next(of: .receiver) == .start + .seconds(10))
        #expect(RestartSchedule([try DownstreamFault(parsing: "refuse@1s+1s")]) == nil)
    }

    @Test("a burst takes so many packets from its beginning on, again by its period, and those before it decide first")
    func burst() throws {
        let lost = try answers(["burst@10ms/10ms:2"], [9, 10, 11, 12, 13, 25, 26, 27, 30, 47, 48, 49]).map { $0 == .lost(fault: 0) }
        #expect(lost == [false, true, true, false, false, true, true, false, true, true, true, false])
        #expect(try answers(["stall@10ms+2ms", "burst@10ms:1"], [10, 11, 12, 13]) == [
            .failed(fault: 0), .failed(fault: 0), .lost(fault: 1), .taken(delay: .zero),
        ])
    }

    @Test("delays add up, and the first failure in the order given decides")
    func composition() throws {
        #expect(try answers(["slow@1s+1s:+20ms", "slow@1s+1s:+5ms"], [500, 1500]) == [
            .taken(delay: .zero), .taken(delay: .milliseconds(25)),
        ])
        #expect(try answers(["slow@1s+1s:+20ms", "stall@1s+1s", "blackhole@1s+1s"], [1500]) == [.failed(fault: 1)])
    }

    @Test("what is written reads back", arguments: [
        "refuse@2s+500ms", "unreachable@0s+1s", "blackhole@10s+2s/30s", "stall@1s+1ms", "buffers@1500ms+3s", "slow@2s+1s:+20ms",
        "slow@2s+1s/5s:+20ms", "restart@2s", "restart@2s+500ms", "restart@10s/30s", "restart@10s+1s/30s", "client-restart@2s",
        "client-restart@10s/30s", "restart@0s/1ms", "burst@2s:12", "burst@2s/5s:1",
    ])
    func words(text: String) throws {
        #expect(try DownstreamFault(parsing: text).description == text)
    }

    @Test("what makes no sense is refused with what is allowed", arguments: [
        ("melt@1s+1s", "refuse, unreachable"), ("refuse", "KIND@START+LENGTH"), ("refuse@1s", "KIND@START+LENGTH"),
        ("refuse@1s+1s/1s", "before it begins again"), ("refuse@1s+0s", "lasts"), ("slow@1s+1s", "needs a delay"),
        ("refuse@1s+1s:+1ms", "only slow"), ("stall@1+1s", "duration"),
        ("refuse@1s/2s", "KIND@START+LENGTH"), ("restart@1s+0s", "lasts"), ("restart@1s+1s+1s", "restart@START+DOWN"),
        ("client-restart@1s+1s", "at an instant"), ("restart@1s/0s", "before it begins again"),
        ("restart@1s+1s:+1ms", "only slow"), ("burst@1s", "number of packets"), ("burst@1s:0", "number of packets"),
        ("burst@1s+1s:3", "at an instant"), ("restart@0s/1ns", "every 1ms or less often"),
        ("client-restart@0s/999us", "every 1ms or less often"), ("refuse@1s+1us/2us", "every 1ms or less often"),
        ("burst@0s/1us:3", "every 1ms or less often"),
    ])
    func refused(text: String, sentence: String) {
        let error = #expect(throws: UnitError.self) { try DownstreamFault(parsing: text) }
        #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
    }

    @Test("the network answers as the schedule says: what fails is reported, what vanishes is not, what is slow is late")
    func network() throws {
        var impairments = Impairments()
        impairments.failures = [
            try DownstreamFault(parsing: "buffers@10ms+10ms"), try DownstreamFault(parsing: "blackhole@30ms+10ms"),
            try DownstreamFault(parsing: "slow@50ms+10ms:+7ms"),
        ]
        impairments.delay = .milliseconds(1)
        let passage = Passage(impairments, seed: 1, 1...70)
        for (index, fate) in passage.fates.enumerated() {
            switch index {
            case 10..<20: #expect(fate.dropped == .sendFailed && fate.isSendFailed && fate.rule == 0)
            case 30..<40: #expect(fate.dropped == .networkLoss && !fate.isSendFailed && fate.rule == 1)
            default: #expect(fate.dropped == nil && !fate.isSendFailed)
            }
        }
        let slow = passage.arrivals.first { $0.sequence == 51 }
        #expect(slow?.time == .start + .milliseconds(58))
    }

    @Test("a link that refuses what is too long fails the send, and takes what fits")
    func tooLong() {
        var impairments = Impairments()
        // The packets are 48 bytes, 76 with their headers.
        impairments.mtu = MaximumTransmissionUnit(75, isRefused: true)
        #expect(Passage(impairments, seed: 1, 1...3).fates.allSatisfy { $0.isSendFailed && $0.dropped == .sendFailed })
        impairments.mtu = MaximumTransmissionUnit(76, isRefused: true)
        #expect(Passage(impairments, seed: 1, 1...3).arrivals.count == 3)
    }

    @Test("every profile has a source, and means what its printed options say", arguments: NetworkProfile.all.indices)
    func profiles(index: Int) {
        let profile = NetworkProfile.all[index]
        #expect(!profile.source.isEmpty && !profile.impairments.rules.isEmpty)
        _ = NetworkEmulator(impairments: profile.impairments, seed: 1)
        #expect(NetworkProfile.all.count { $0.name == profile.name } == 1)
    }
}
