import PacketCapture
import StatsModel
import Testing

@Suite struct PortSetTests {
    @Test(
        "port texts become sorted, disjoint ranges",
        arguments: [
            (["8125"], "8125"), (["8125,9125"], "8125,9125"), (["8000-8999"], "8000-8999"),
            (["9125", "8125"], "8125,9125"), (["8125,8126", "8127-8130"], "8125-8130"), (["1-65535", "5"], "1-65535"),
            (["8000-8010", "8005-8020,7999"], "7999-8020"), ([" 8125 , 9125 "], "8125,9125"), ([], ""),
            (["65535,65534"], "65534-65535"),
        ] as [([String], String)])
    func parsing(texts: [String], canonical: String) throws {
        let ports = try PortSet(parsing: texts)
        #expect(ports.description == canonical)
        let again = try PortSet(parsing: canonical.isEmpty ? [] : [canonical])
        #expect(ports == again)
    }

    @Test(
        "what is no port is refused with its text",
        arguments: ["", "x", "0", "65536", "8125-", "-8125", "9-8", "1-2-3", "8125,", "+80", "8125;9125", "0-5", "8 1"])
    func refusal(text: String) {
        let error = #expect(throws: UnitError.self) { try PortSet(parsing: [text]) }
        #expect(error?.text == text)
    }

    @Test("a port is contained exactly when one of the ranges has it")
    func containment() throws {
        let ports = try PortSet(parsing: ["1,80,8000-8010,65535"])
        let wanted = (0...65535).filter { ports.contains(UInt16($0)) }
        #expect(wanted == [1, 80] + Array(8000...8010) + [65535])
        #expect(PortSet.standard.contains(8125) && !PortSet.standard.contains(8126))
    }
}
