#if defined(__SSE2__) && FEMTO_WORD_BITS >= 128
#include <immintrin.h>

/*
 * Samples are turned in squares of 16 samples by 16 bytes, several squares side by side in wide registers: register r
 * holds 16 bytes of samples r, 16 + r, 32 + r ... Four rounds of interleaving make it 16, 32 or 64 samples of one feature.
 */
#if FEMTO_WORD_BITS == 512 && defined(__AVX512BW__)
typedef __m512i turned;
#define SQUARES 4
#define interleave_low _mm512_unpacklo_epi8
#define interleave_high _mm512_unpackhi_epi8
#define store_turned(to, value) _mm512_store_si512((to), (value))
static turned load_rows(const uint8_t *from) {
  const size_t square = (size_t)16 * SAMPLE_BYTES;
  __m512i rows = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)from));
  rows = _mm512_inserti32x4(rows, _mm_loadu_si128((const __m128i *)(from + square)), 1);
  rows = _mm512_inserti32x4(rows, _mm_loadu_si128((const __m128i *)(from + 2 * square)), 2);
  return _mm512_inserti32x4(rows, _mm_loadu_si128((const __m128i *)(from + 3 * square)), 3);
}
typedef uint64_t mask;
static mask is_above(const uint8_t *feature, uint8_t threshold) {
  return _mm512_cmpgt_epu8_mask(_mm512_load_si512(feature), _mm512_set1_epi8((char)threshold));
}
#elif FEMTO_WORD_BITS >= 256 && defined(__AVX2__)
typedef __m256i turned;
#define SQUARES 2
#define interleave_low _mm256_unpacklo_epi8
#define interleave_high _mm256_unpackhi_epi8
#define store_turned(to, value) _mm256_store_si256((__m256i *)(to), (value))
static turned load_rows(const uint8_t *from) {
  const size_t square = (size_t)16 * SAMPLE_BYTES;
  __m256i rows = _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)from));
  return _mm256_inserti128_si256(rows, _mm_loadu_si128((const __m128i *)(from + square)), 1);
}
/* x > t is the top bit of the rounded mean of x and 254 - t. */
typedef uint32_t mask;
static mask is_above(const uint8_t *feature, uint8_t threshold) {
  __m256i complement = _mm256_set1_epi8((char)(254 - threshold));
  return (mask)_mm256_movemask_epi8(_mm256_avg_epu8(_mm256_load_si256((const __m256i *)feature), complement));
}
#else
typedef __m128i turned;
#define SQUARES 1
#define interleave_low _mm_unpacklo_epi8
#define interleave_high _mm_unpackhi_epi8
#define store_turned(to, value) _mm_store_si128((__m128i *)(to), (value))
#define load_rows(from) _mm_loadu_si128((const __m128i *)(from))
typedef uint16_t mask;
static mask is_above(const uint8_t *feature, uint8_t threshold) {
  __m128i complement = _mm_set1_epi8((char)(254 - threshold));
  return (mask)_mm_movemask_epi8(_mm_avg_epu8(_mm_load_si128((const __m128i *)feature), complement));
}
#endif

/* Written out, because compilers keep arrays in registers only where no index is computed. */
#define EACH_HALF(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)
#define EACH_ROW(DO) EACH_HALF(DO) DO(8) DO(9) DO(10) DO(11) DO(12) DO(13) DO(14) DO(15)
#define LOAD(i) a[i] = load_rows(from + (size_t)i * SAMPLE_BYTES);
#define THERE(i) b[2 * i] = interleave_low(a[i], a[i + 8]), b[2 * i + 1] = interleave_high(a[i], a[i + 8]);
#define BACK(i) a[2 * i] = interleave_low(b[i], b[i + 8]), a[2 * i + 1] = interleave_high(b[i], b[i + 8]);
#define STORE(i) store_turned(to + i * TURNED, a[i]);

static void turn(const uint8_t *from, uint8_t *to) {
  turned a[16], b[16];
  EACH_ROW(LOAD)
  EACH_HALF(THERE)
  EACH_HALF(BACK)
  EACH_HALF(THERE)
  EACH_HALF(BACK)
  EACH_ROW(STORE)
}

static void encode(workspace *space, char *planes) {
  const int together = 16 * SQUARES;
  int lane, w;
  uint32_t b;
  for (w = 0; w < WINDOWS; ++w) {
    for (lane = 0; lane < TURNED; lane += together) {
      turn(space->samples + (size_t)lane * SAMPLE_BYTES + windows[w].offset, space->scratch + lane);
    }
    for (b = windows[w].first; b < windows[w].end; ++b) {
      const uint8_t *feature = space->scratch + (bits[b].offset - windows[w].offset) * TURNED;
      char *plane = planes + (size_t)bits[b].slot * VECTORS * sizeof(word);
      for (lane = 0; lane < TURNED; lane += together) {
        mask above = is_above(feature + lane, bits[b].threshold);
        memcpy(plane + lane / 8, &above, sizeof above);
      }
    }
  }
}
#else
/* Eight samples in one integer; x > t where the mean of x and 255 - t reaches 128. */
static void encode(workspace *space, char *planes) {
  uint64_t feature[8];
  int first, lane, i;
  uint32_t b;
  for (first = 0; first < TURNED; first += ELEMENT_BITS) {
    const uint8_t *from = space->samples + (size_t)first * SAMPLE_BYTES;
    uint32_t known = UINT32_MAX;
    for (b = 0; b < windows[WINDOWS - 1].end; ++b) {
      const uint64_t above = (255 - (uint64_t)bits[b].threshold) * UINT64_C(0x0101010101010101);
      element plane = 0;
      if (bits[b].offset != known) {
        known = bits[b].offset;
        for (lane = 0; lane < ELEMENT_BITS / 8; ++lane) {
          const uint8_t *eight = from + (size_t)lane * 8 * SAMPLE_BYTES + known;
          feature[lane] = 0;
          for (i = 0; i < 8; ++i) feature[lane] |= (uint64_t)eight[(size_t)i * SAMPLE_BYTES] << (8 * i);
        }
      }
      for (lane = 0; lane < ELEMENT_BITS / 8; ++lane) {
        uint64_t mean = (feature[lane] & above) + (((feature[lane] ^ above) >> 1) & UINT64_C(0x7f7f7f7f7f7f7f7f));
        uint64_t top = (mean >> 7) & UINT64_C(0x0101010101010101);
        plane |= (element)((top * UINT64_C(0x0102040810204080)) >> 56) << (8 * lane);
      }
      memcpy(planes + (size_t)bits[b].slot * VECTORS * sizeof(word) + first / 8, &plane, sizeof plane);
    }
  }
}
#endif
