import CPcap

/// A compiled filter expression, run in this process on captured bytes.
@safe
struct FilterProgram: ~Copyable {
    private var program = unsafe bpf_program()

    /// Compiles for a link type as it stands in a file: VLAN tags are in the frame, not in the kernel's metadata.
    ///
    /// Errors: ``LiveCaptureError/badFilter(expression:reason:)`` with libpcap's message.
    init(_ expression: String, linkType: Int32, snapLength: Int) throws(LiveCaptureError) {
        guard let handle = unsafe pcap_open_dead(linkType, Int32(snapLength)) else {
            throw .failed(interface: "", reason: "libpcap cannot compile filters")
        }
        defer { unsafe pcap_close(handle) }
        // This value owns the program until `deinit` frees it. The netmask is used only by the keyword `broadcast`.
        guard unsafe pcap_compile(handle, &program, expression, 1, bpf_u_int32(PCAP_NETMASK_UNKNOWN)) == 0 else {
            throw .badFilter(expression: expression, reason: unsafe String(cString: pcap_geterr(handle)))
        }
    }

    /// Whether the expression matches the frame. O(instructions), no allocation.
    func matches(_ frame: Span<UInt8>, originalCount: UInt32) -> Bool {
        // libpcap's interpreter checks every load against the captured length passed here.
        unsafe frame.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return false }
            return unsafe bpf_filter(program.bf_insns, start, originalCount, bpf_u_int32(bytes.count)) != 0
        }
    }

    deinit {
        var mine = unsafe program
        unsafe pcap_freecode(&mine)
    }
}
