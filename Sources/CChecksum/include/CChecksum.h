// CRC-32 (IEEE 802.3) by carry-less multiplication of 512 bits. libdeflate has it only from version 1.20 on.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Adds whole blocks of 64 bytes from the beginning to the checksum. Returns how many bytes it processed: 0 if the processor
/// lacks the instructions, or for fewer than 256 bytes, where other methods are as fast.
///
/// With `without_field` the four bytes at offset 36 count as zeros. A packet's checksum stands there.
size_t cchecksum_fold(uint32_t *crc, const uint8_t *bytes, size_t count, bool without_field);

/// Whether ``cchecksum_fold`` can process anything on this processor.
bool cchecksum_is_wide(void);
