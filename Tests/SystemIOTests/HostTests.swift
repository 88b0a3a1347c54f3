import Foundation
import StatsModel
import SystemIO
import Testing

@Suite("This machine")
struct HostTests {
    @Test("the loopback is there, up and a loopback; what is not there is missing")
    func links() {
        #expect(NetworkLink(name: "lo").state == .up)
        #expect(NetworkLink(name: "lo").isLoopback)
        for name in ["nosuchdevice", "any", "", "a-name-longer-than-a-device-can-have"] {
            #expect(NetworkLink(name: name).state == .missing, "\(name)")
            #expect(!NetworkLink(name: name).isLoopback, "\(name)")
            #expect(NetworkLink(name: name).receiveDrops == nil, "\(name)")
        }
    }

    @Test("a name never leads out of the folder of interfaces")
    func pathNames() {
        #expect(NetworkLink(name: "../net/lo").receiveDrops == nil)
        #expect(NetworkLink(name: "..").receiveDrops == nil)
    }

    @Test("the monotonic clock begins at its own start and the wall clock is the date")
    func clocks() {
        let clock = SystemClock()
        let (first, second) = (clock.now, clock.now)
        #expect(first <= second)
        #expect(first - .start < .seconds(60))
        let difference = Double(SystemClock.wallNanoseconds) / 1e9 - Date().timeIntervalSince1970
        #expect(abs(difference) < 60)
    }

    @Test("machine, system and program have names")
    func names() {
        #expect(["x86_64", "aarch64", "arm64"].contains(HostDescription.hardware))
        #expect(HostDescription.operatingSystem.hasPrefix("Linux "))
        #expect(HostDescription.executablePath.hasPrefix("/"))
    }
}
