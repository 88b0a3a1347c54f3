// CRC-32 (IEEE 802.3) by carry-less multiplication of 512 bits, which libdeflate has from version 1.20 on only.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Takes whole pieces of 64 bytes from the beginning into the checksum, and says how many bytes it took: none where the
/// processor cannot, or where there are fewer than 256 bytes, of which others make as quick work.
///
/// With `without_field` the four bytes at offset 36, where a packet keeps its checksum, count as zeros.
size_t cchecksum_fold(uint32_t *crc, const uint8_t *bytes, size_t count, bool without_field);

/// Whether ``cchecksum_fold`` ever takes anything on this processor.
bool cchecksum_is_wide(void);
