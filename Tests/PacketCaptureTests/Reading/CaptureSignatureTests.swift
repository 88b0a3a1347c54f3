import PacketCapture
import Testing

@Suite struct CaptureSignatureTests {
    @Test(
        "what is no packet capture is named, with what to do",
        arguments: [
            ([0x1F, 0x8B, 8, 0], "compressed with gzip: unpack it with zcat test > UNPACKED.pcap, or"),
            ([0x28, 0xB5, 0x2F, 0xFD, 0], "zstdcat test"),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], "xzcat test"), ([0x42, 0x5A, 0x68, 0x39], "bzcat test"),
            ([0x04, 0x22, 0x4D, 0x18, 0x64], "lz4cat"), ([0x1F, 0x9D, 0x90, 0], "zcat"),
            ([0xD4, 0x74, 0xD0, 0x60, 0xF3, 0xFF, 0, 0], ".dog"), ([0x73, 0x6E, 0x6F, 0x6F, 0x70, 0, 0, 0], "snoop"),
            ([0x34, 0xCD, 0xB2, 0xA1], "editcap"), ([0x50, 0x4B, 0x03, 0x04], "unzip"),
            ([0x7B, 0x0A, 0x20, 0x20], "neither as pcap nor as pcapng"), ([0x61], "neither as pcap nor as pcapng"),
            ([], "empty"),
        ] as [([UInt8], String)])
    func invalid(bytes: [UInt8], advice: String) throws {
        let capture = ReadCapture(bytes)
        let error = try #require(capture.error)
        #expect(error.kind == .unusable && error.packetNumber == nil && error.byteOffset == 0)
        #expect(error.reason.contains(advice), "\(error)")
        #expect(error.description.hasPrefix("test, byte 0: "))
    }
}
