import ArgumentParser
import NetworkEmulator
import StatsModel
import ReplayEngine
import Testing
import Verification

@testable import StatsReplayCLI

@Suite("run command") struct RunCommandTests {
    private func request(_ words: [String], environment: [String: String] = [:]) throws -> RunRequest {
        try RunCommand.parse(words).request(environment: environment)
    }

    @Test("without arguments it runs what the golden files say; any option or capture makes a scenario")
    func planning() throws {
        let plain = try request([])
        #expect(plain.scenario == nil && plain.captures.isEmpty && plain.mode == .optional && plain.mayWrite)
        for words in [["--loss", "3%"], ["a.pcap"], ["--seed", "1"], ["--loss", "0"], ["--topspeed"], ["--port", "8125"], ["--client", "standard"]] {
            let given = try request(words)
            #expect(given.scenario != nil, "\(words)")
        }
    }

    @Test("every option reaches the scenario")
    func options() throws {
        let scenario = try #require(
            try request([
                "--loss", "3%", "--corrupt", "1", "--duplicate", "2 %", "--reorder", "0.5%", "--delay", "20ms", "--jitter", "5ms",
                "--drop", "3,17,40...60", "--seed", "7", "-x", "10", "--loop", "2", "--limit", "99", "--duration", "10s",
            ]).scenario)
        #expect(scenario.impairments.loss == Ratio(3, outOf: 100))
        #expect(scenario.impairments.corrupt == Ratio(1, outOf: 100))
        #expect(scenario.impairments.duplicate == Ratio(2, outOf: 100))
        #expect(scenario.impairments.reorder.percent == 0.5)
        #expect(scenario.impairments.delay == .milliseconds(20) && scenario.impairments.jitter == .milliseconds(5))
        #expect(scenario.impairments.drop == [3...3, 17...17, 40...60])
        #expect(scenario.seed == 7 && scenario.pace == .multiplier(10) && scenario.loop == 2)
        #expect(scenario.limit == 99 && scenario.duration == .seconds(10))
    }

    @Test("limits of loss reach the scenario of every command that runs one; a number is still one of datagrams")
    func limits() throws {
        let words = ["--limit", "timing=2%", "--limit", "77", "--limit", "checkout.*=0%"]
        let scenario = try #require(try request(words).scenario)
        #expect(scenario.limit == 77 && scenario.lossLimits[.timing] == Ratio(2, outOf: 100))
        #expect(scenario.lossLimits.arguments == ["--limit", "timing=2%", "--limit", "checkout.*=0%"])
        #expect(try TolerateCommand.parse(words).question().scenario.lossLimits == scenario.lossLimits)
        #expect(try MinimizeCommand.parse(["a.pcap", "--reason", "limit:checkout.*"] + words).limits.lossLimits() == scenario.lossLimits)
        #expect(throws: (any Error).self) { try MinimizeCommand.parse(["a.pcap", "--reason", "limit:login"] + words) }
        #expect(try request(["--limit", "5", "--limit", "6"]).scenario?.limit == 6)
    }

    @Test("the help of every command that takes limits has an example")
    func limitHelp() {
        for help in [RunCommand.helpMessage(), TolerateCommand.helpMessage(), MinimizeCommand.helpMessage()] {
            #expect(help.contains("--limit 'checkout.*=0%'") && help.contains("--limit <name=percent|number>"))
        }
    }

    @Test("the dialect reaches the scenario of every command that runs one, and other words are refused")
    func dialects() throws {
        for choice in DialectChoice.allCases {
            let words = ["--dialect", choice.rawValue]
            #expect(try request(words).scenario?.dialect == choice)
            #expect(try TolerateCommand.parse(words).question().scenario.dialect == choice)
            #expect(try MinimizeCommand.parse(["a.pcap"] + words).dialect.dialect == choice)
            #expect(try InspectCommand.parse(["a.pcap"] + words).dialect.dialect == choice)
        }
        #expect(throws: (any Error).self) { try RunCommand.parse(["--dialect", "etsy"]) }
    }

    @Test("the command it prints means the same scenario", arguments: [
        ["--loss", "gemodel:1%,20%", "--loss", "2%", "--loss", "random:3%,25%", "--loss-burst-max", "3", "--gap", "5", "--reorder", "9%"],
        ["--corrupt", "bytes:1%", "--corrupt", "truncate:2%", "--duplicate", "1%", "--duplicate", "2%", "--mtu", "600,emsgsize"],
        ["--bandwidth", "1.5mbit", "--queue", "64KiB", "--delay-distribution", "pareto", "--jitter", "3ms", "--mtu", "1280"],
        ["--fail", "refuse@2s+500ms", "--fail", "slow@1s+1s/3s:+20ms", "--profile", "bad-vpn"],
        ["--loss", "3%", "--seed", "9"], ["--drop", "3,5...9", "--pps", "5000"], ["--drop", "1...18446744073709551615"], ["--mbps", "12.5", "--loop", "3"],
        ["--corrupt", "100%", "--only", "3,7...9"], ["--only", "1"], ["--client", "reliable", "--loss", "3%"], ["--client", "low-memory"],
        ["--topspeed", "--delay", "20ms", "--jitter", "1500us", "--limit", "10"], ["--limit", "timing=2%", "--limit", "9"],
        ["--limit", "checkout.*=0%", "--limit", "critical=0.5%", "--limit", "a=b=3", "--client", "bare"], ["--limit", "counter=5%"], ["--multiplier", "0.5", "--corrupt", "0.01%"],
    ])
    func repeating(words: [String]) throws {
        let scenario = try #require(try request(words).scenario)
        let again = try #require(try request(scenario.arguments).scenario)
        #expect(again == scenario)
    }

    @Test("every profile is listed with options that mean the same network", arguments: NetworkProfile.all.map(\.name))
    func profiles(name: String) throws {
        let profile = try #require(NetworkProfile.all.first { $0.name == name })
        let byName = try #require(try request(["--profile", name]).scenario)
        let byOptions = try #require(try request(profile.impairments.arguments).scenario)
        #expect(byName == byOptions && byName.impairments == profile.impairments)
        #expect(ProfilesCommand.text().contains("\(name): ") && ProfilesCommand.text().contains(profile.source))
    }

    @Test("a wrong word is refused with the option's name and a reason", arguments: [
        (["--loss", "0.03"], "0.03% or 3%?"), (["--queue", "5"], "needs a --bandwidth"), (["--gap", "0"], "--gap"),
        (["--bandwidth", "10mbps"], "10mbit"), (["--profile", "wifey"], "wifi, lte"), (["--fail", "melt@1s+1s"], "blackhole"),
        (["--delay-distribution", "bell"], "paretonormal"), (["--loss-burst-max", "0"], "--loss-burst-max"),
        (["--corrupt", "bites:1%"], "truncate:1%"), (["--mtu", "20"], "68 to 65535"), (["--loss", "120%"], "--loss"), (["--delay", "20"], "--delay"),
        (["--drop", "0"], "--drop"), (["--only", "x"], "--only"), (["--only", ""], "--only"), (["--pps", "5", "--topspeed"], "--topspeed: excludes --pps"),
        (["--multiplier", "2", "--mbps", "1"], "excludes --multiplier"), (["--pps", "0"], "--pps"),
        (["--loop", "0"], "--loop"), (["--golden", "maybe"], "--golden"), (["--update", "--golden", "none"], "exclude"),
        (["--limit", "0"], "--limit"), (["--limit", "timing=0.03"], "--limit: '0.03' is not clear: 0.03% or 3%?"),
        (["--limit", "x"], "neither acceptable loss"), (["--limit", "5%"], "nor a number of datagrams"), (["--limit", "=5%"], "such as timing=2%"),
        (["--limit", "timing=101%"], "more than 100%"), (["--limit", "a*b=1%"], "a * at its end"),
        (["--limit", "timing=1%", "--limit", "timing=1%"], "timing has a limit already"),
        (Array((0...64).map { ["--limit", "m\($0)=1%"] }.joined()), "at most 64"), (["--delay", "999999h"], "at most a year"), (["--seed", "-1"], ""), (["--duration", "x"], "--duration"), (["--port", "x"], "--port"),
        (["--client", "fast"], "--client: 'fast' is none of standard, high-throughput"),
    ])
    func refusals(words: [String], sentence: String) {
        do {
            _ = try request(words)
            Issue.record("\(words) was accepted")
        } catch {
            #expect(RunCommand.exitCode(for: error).rawValue == 64)
            #expect(sentence.isEmpty || RunCommand.message(for: error).contains(sentence), "\(RunCommand.message(for: error))")
        }
    }

    @Test("in CI a golden file is required and nothing is ever written", arguments: ["true", "1", "yes"])
    func inCI(value: String) throws {
        let request = try request(["--loss", "3%"], environment: ["CI": value])
        #expect(request.mode == .required && !request.mayWrite)
        #expect(throws: (any Error).self) { try RunCommand.parse(["--update"]).request(environment: ["CI": value]) }
        let relaxed = try self.request(["--golden", "optional"], environment: ["CI": value])
        #expect(relaxed.mode == .optional && !relaxed.mayWrite)
    }

    @Test("CI set to nothing or false is no CI", arguments: ["", "0", "false"])
    func notInCI(value: String) throws {
        let request = try request([], environment: ["CI": value])
        #expect(request.mode == .optional)
    }

    @Test("the folders are those of the project, or those named")
    func folders() throws {
        let elsewhere = try request([], environment: ["STATSREPLAY_HOME": "/some/project"])
        #expect(elsewhere.capturesFolder == "/some/project/captures" && elsewhere.goldenFolder == "/some/project/golden")
        let here = try request([])
        #expect(here.capturesFolder == "captures" && here.goldenFolder == "golden")
        let named = try request(["--capture-folder", "c", "--golden-folder", "g"])
        #expect(named.capturesFolder == "c" && named.goldenFolder == "g")
    }
}
