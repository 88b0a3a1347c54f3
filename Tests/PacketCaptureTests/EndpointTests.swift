import PacketCapture
import Testing

@Suite struct EndpointTests {
    @Test(
        "an IPv6 address reads as RFC 5952 has it",
        arguments: [
            (0, 0, "[::]:1"), (0, 1, "[::1]:1"), (0x2001_0DB8_0000_0000, 1, "[2001:db8::1]:1"),
            (0x2001_0DB8_0000_0001, 0x0001_0001_0001_0001, "[2001:db8:0:1:1:1:1:1]:1"),
            (0x2001_0000_0000_0001, 0x0000_0000_0000_0001, "[2001:0:0:1::1]:1"),
            (0x2001_0DB8_0000_0000, 0x0001_0000_0000_0001, "[2001:db8::1:0:0:1]:1"),
            (0xFE80_0000_0000_0000, 0, "[fe80::]:1"), (0, 0x0000_FFFF_C000_0201, "[::ffff:192.0.2.1]:1"),
            (0xABCD_EF01_2345_6789, 0xABCD_EF01_2345_6789, "[abcd:ef01:2345:6789:abcd:ef01:2345:6789]:1"),
            (0x0000_0000_0000_0001, 0x0001_0001_0001_0000, "[::1:1:1:1:0]:1"),
        ] as [(UInt64, UInt64, String)])
    func ipv6(high: UInt64, low: UInt64, text: String) {
        #expect(Endpoint(isIPv6: true, high: high, low: low, port: 1).description == text)
    }

    @Test("an IPv4 address reads dotted")
    func ipv4() {
        #expect(Endpoint(isIPv6: false, high: 0, low: 0x0102_03FF, port: 8125).description == "1.2.3.255:8125")
        #expect(Endpoint(isIPv6: false, high: 0, low: 0x7F00_0001, port: 0).address == "127.0.0.1")
    }
}
