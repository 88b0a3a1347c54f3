// Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction, Gopal and others, Intel 2009, with vectors of
// four lanes. Bytes stand for polynomials whose highest power comes first, in bit 0. To move a part `d` bits further back,
// its first eight bytes are multiplied by x^(d + 31) mod G and its last eight by x^(d - 33) mod G: 33 less than x^(d + 64)
// and x^d, since the product of two reflected words lies one bit, and a constant of 32 bits another 32, too low.
#include "CChecksum.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define WIDE __attribute__((target("avx512f,vpclmulqdq,pclmul,sse4.1")))
#define FOUR(first, last) _mm512_set_epi64(last, first, last, first, last, first, last, first)

/// The vector moved back by the multipliers' distance, and added to what stands there.
WIDE static inline __m512i fold(__m512i vector, __m512i multipliers, __m512i there) {
    __m512i first = _mm512_clmulepi64_epi128(vector, multipliers, 0x00);
    __m512i last = _mm512_clmulepi64_epi128(vector, multipliers, 0x11);
    return _mm512_ternarylogic_epi64(first, last, there, 0x96);
}

/// 128 bits to 32, times x^32.
WIDE static inline uint32_t reduce(__m128i value) {
    // Constants of 32 bits in the upper half of a word lie one bit too low only: x^95 and x^63 mod G.
    const __m128i multipliers = _mm_set_epi64x(0xb8bc6765LL << 32, 0xccaa009eLL << 32);
    // Barrett: floor(x^64 / G) and G, both of 33 bits.
    const __m128i barrett = _mm_set_epi64x(0x1db710641, 0x1f7011641);
    const __m128i low = _mm_set_epi64x(0, 0xffffffff);
    // 96 bits, then 64, then 32.
    __m128i sum = _mm_xor_si128(
        _mm_clmulepi64_si128(value, multipliers, 0x00), _mm_slli_si128(_mm_srli_si128(value, 8), 4));
    sum = _mm_srli_si128(_mm_xor_si128(sum, _mm_clmulepi64_si128(sum, multipliers, 0x10)), 8);
    __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(sum, low), barrett, 0x00);
    __m128i product = _mm_clmulepi64_si128(_mm_and_si128(quotient, low), barrett, 0x10);
    return (uint32_t)_mm_extract_epi32(_mm_xor_si128(sum, product), 1);
}

/// `count` is at least 256.
WIDE static size_t wide(uint32_t *crc, const uint8_t *bytes, size_t count, bool without_field) {
    const __m512i by512 = FOUR(0x8f352d95, 0x1d9513d7), by1024 = FOUR(0x33fff533, 0x910eeec1);
    const __m512i by1536 = FOUR(0x596c8d81, 0xf5e48c85), by2048 = FOUR(0xce3371cb, 0xe95c1271);
    size_t left = count;
    __m512i a = _mm512_loadu_si512(bytes), b = _mm512_loadu_si512(bytes + 64);
    __m512i c = _mm512_loadu_si512(bytes + 128), d = _mm512_loadu_si512(bytes + 192);
    // Bytes 36 to 39 are the tenth of sixteen numbers.
    if (without_field) a = _mm512_maskz_mov_epi32(0xfdff, a);
    a = _mm512_xor_si512(a, _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)~*crc)));
    bytes += 256, left -= 256;
    // Four at a time, since a product takes several cycles but a new one can begin in each.
    for (; left >= 256; bytes += 256, left -= 256) {
        a = fold(a, by2048, _mm512_loadu_si512(bytes)), b = fold(b, by2048, _mm512_loadu_si512(bytes + 64));
        c = fold(c, by2048, _mm512_loadu_si512(bytes + 128)), d = fold(d, by2048, _mm512_loadu_si512(bytes + 192));
    }
    a = _mm512_xor_si512(fold(a, by1536, fold(b, by1024, _mm512_setzero_si512())), fold(c, by512, d));
    for (; left >= 64; bytes += 64, left -= 64) a = fold(a, by512, _mm512_loadu_si512(bytes));
    // The first three lanes onto the fourth: back by 384, 256 and 128 bits.
    const __m512i lanes = _mm512_set_epi64(
        0, 0, 0xccaa009e, 0xae689191, 0x81256527, 0xf1da05aa, 0xaf449247, 0x3db1ecdc);
    __m512i moved = fold(a, lanes, _mm512_setzero_si512());
    __m128i value = _mm_xor_si128(_mm512_extracti32x4_epi32(a, 3), _mm512_castsi512_si128(moved));
    value = _mm_xor_si128(value, _mm512_extracti32x4_epi32(moved, 1));
    value = _mm_xor_si128(value, _mm512_extracti32x4_epi32(moved, 2));
    *crc = ~reduce(value);
    return count - left;
}

bool cchecksum_is_wide(void) { return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("vpclmulqdq"); }

size_t cchecksum_fold(uint32_t *crc, const uint8_t *bytes, size_t count, bool without_field) {
    return count < 256 || !cchecksum_is_wide() ? 0 : wide(crc, bytes, count, without_field);
}

#else

bool cchecksum_is_wide(void) { return false; }

size_t cchecksum_fold(uint32_t *crc, const uint8_t *bytes, size_t count, bool without_field) {
    (void)crc, (void)bytes, (void)count, (void)without_field;
    return 0;
}

#endif
