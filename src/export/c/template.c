/*
 * @TITLE@
 *
 * Written by Femto. C99; no library but the standard one, no heap, no globals that change.
 *
 *   size_t @NAME@_memory(void);
 *       bytes of working memory, to be given to the functions below; one piece for each thread
 *   void @NAME@_classify(const @SAMPLE@ *samples, size_t count, uint8_t *classes, void *memory);
 *       samples lie one after the other, @FEATURES@ features each; one class a sample comes back:
 *       the one with the most ones, of equal ones the lowest
 *   void @NAME@_sums(const @SAMPLE@ *samples, size_t count, uint16_t *sums, void *memory);
 *       the ones of every class, @CLASSES@ numbers a sample
 *
 * Samples lie across the bits of a word. FEMTO_WORD_BITS may be set to 32 or 64 (plain integers), and with GCC or clang
 * to 128, 256 or 512; if it is not set, the widest registers are taken that the compiler was told of (-march=...).
 * FEMTO_VECTORS is the number of words that are computed together. With -DFEMTO_MAIN the file is a program: samples from
 * standard input, classes to standard output; with the argument `bench` it prints nanoseconds of processor time a sample.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef FEMTO_WORD_BITS
#if defined(__AVX512BW__)
#define FEMTO_WORD_BITS 512
#elif defined(__AVX2__)
#define FEMTO_WORD_BITS 256
#elif defined(__SSE2__) || defined(__ARM_NEON)
#define FEMTO_WORD_BITS 128
#else
#define FEMTO_WORD_BITS 64
#endif
#endif

#if FEMTO_WORD_BITS == 32
typedef uint32_t word;
typedef uint32_t element;
#elif FEMTO_WORD_BITS == 64
typedef uint64_t word;
typedef uint64_t element;
#else
typedef uint64_t word __attribute__((vector_size(FEMTO_WORD_BITS / 8)));
typedef uint64_t element;
#endif

#ifndef FEMTO_VECTORS
#define FEMTO_VECTORS (1024 / FEMTO_WORD_BITS)
#endif

enum {
  FEATURES = @FEATURES@,
  SAMPLE_BYTES = @SAMPLE_BYTES@,
  CLASSES = @CLASSES@,
  SLOTS = @SLOTS@,
  LANES = FEMTO_WORD_BITS,
  VECTORS = FEMTO_VECTORS,
  BLOCK = LANES * VECTORS,
  TURNED = 128, /* samples that the encoder takes at a time */
  ELEMENT_BITS = 8 * (int)sizeof(element),
  SLACK = 16
};

/* Working memory; a plane holds one bit of every sample of a block. */
typedef struct {
  word planes[SLOTS * VECTORS];
  uint8_t scratch[16 * TURNED];
  uint8_t samples[TURNED * SAMPLE_BYTES + SLACK];
} workspace;

#define zeros ((word){0})
#define ones (~zeros)

/* Thermometer bits: byte of the sample, slot of the plane, threshold; by windows of 16 bytes. */
typedef struct {
  uint32_t offset;
  uint32_t slot;
  @SAMPLE@ threshold;
} bit;
typedef struct {
  uint32_t offset;
  uint32_t first;
  uint32_t end;
} window;
static const bit bits[] = {
@BITS@
};
static const window windows[] = {
@WINDOWS@
};
enum { WINDOWS = @WINDOW_COUNT@ };

@ENCODER@

/* The tables, in pieces that stay in the instruction cache while they run over the words of a block. */
@PIECES@

static void look_up(word *planes, int vectors) {
@CALLS@
}

/* Slots of the bits of the class, then of the sum of every class; lowest bit first. */
static const uint32_t row_slots[] = {@ROW_SLOTS@};
static const uint32_t row_start[] = {@ROW_STARTS@};

/* Eight samples of a plane from bit `lane` on: bit i becomes byte i, 0 or 1. */
static uint64_t spread(const word *plane, int lane) {
  element part;
  uint64_t byte, chosen;
  memcpy(&part, (const char *)plane + lane / ELEMENT_BITS * (int)sizeof part, sizeof part);
  byte = (part >> (lane % ELEMENT_BITS)) & 0xff;
  chosen = (byte * UINT64_C(0x0101010101010101)) & UINT64_C(0x8040201008040201);
  return (((chosen & UINT64_C(0x7f7f7f7f7f7f7f7f)) + UINT64_C(0x7f7f7f7f7f7f7f7f)) | chosen) >> 7 &
         UINT64_C(0x0101010101010101);
}

/* Bits `from` to `from` + 7 of a row, of eight samples. */
static uint64_t decode(const word *planes, int row, int from, int lane) {
  uint64_t bytes = 0;
  uint32_t at = row_start[row] + (uint32_t)from;
  int weight;
  for (weight = 0; weight < 8 && at < row_start[row + 1]; ++weight, ++at) {
    const word *plane = planes + (size_t)row_slots[at] * VECTORS + lane / LANES;
    bytes += spread(plane, lane % LANES) << weight;
  }
  return bytes;
}

static workspace *aligned(void *memory) {
  return (workspace *)(((uintptr_t)memory + 63) & ~(uintptr_t)63);
}

size_t @NAME@_memory(void) {
  return sizeof(workspace) + 63;
}

/*
 * Computes a block and returns the samples done. Samples are copied a few at a time: read in order they come at the speed
 * of the memory, and the copy stays near while the encoder jumps about in it.
 */
static size_t block(const @SAMPLE@ *samples, size_t count, workspace *space) {
  size_t done = count < BLOCK ? count : BLOCK, first;
  for (first = 0; first < done; first += TURNED) {
    size_t some = done - first < TURNED ? done - first : TURNED;
    memcpy(space->samples, samples + first * FEATURES, some * SAMPLE_BYTES);
    encode(space, (char *)space->planes + first / 8);
  }
  look_up(space->planes, (int)((done + LANES - 1) / LANES));
  return done;
}

void @NAME@_classify(const @SAMPLE@ *samples, size_t count, uint8_t *classes, void *memory) {
  workspace *space = aligned(memory);
  while (count > 0) {
    size_t done = block(samples, count, space), first, i;
    for (first = 0; first < done; first += 8) {
      uint64_t eight = decode(space->planes, 0, 0, (int)first);
      for (i = first; i < first + 8 && i < done; ++i, eight >>= 8) classes[i] = (uint8_t)eight;
    }
    samples += done * FEATURES;
    classes += done;
    count -= done;
  }
}

void @NAME@_sums(const @SAMPLE@ *samples, size_t count, uint16_t *sums, void *memory) {
  workspace *space = aligned(memory);
  while (count > 0) {
    size_t done = block(samples, count, space), first, i;
    int k;
    for (first = 0; first < done; first += 8) {
      for (k = 0; k < CLASSES; ++k) {
        uint64_t low = decode(space->planes, k + 1, 0, (int)first);
        uint64_t high = decode(space->planes, k + 1, 8, (int)first);
        for (i = first; i < first + 8 && i < done; ++i, low >>= 8, high >>= 8) {
          sums[i * CLASSES + (size_t)k] = (uint16_t)((low & 0xff) | (high & 0xff) << 8);
        }
      }
    }
    samples += done * FEATURES;
    sums += done * CLASSES;
    count -= done;
  }
}

#ifdef FEMTO_MAIN
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int argc, char **argv) {
  size_t room = 1 << 20, length = 0, count, got;
  uint8_t *samples = malloc(room);
  uint8_t *classes;
  void *memory = malloc(@NAME@_memory());
  while (samples && (got = fread(samples + length, 1, room - length, stdin)) > 0) {
    length += got;
    if (length == room) samples = realloc(samples, room *= 2);
  }
  count = length / SAMPLE_BYTES;
  classes = malloc(count + 1);
  if (!samples || !classes || !memory || length % SAMPLE_BYTES != 0) {
    fprintf(stderr, "expected a multiple of %d bytes on standard input, got %lu\n", SAMPLE_BYTES, (unsigned long)length);
    return 2;
  }
  if (argc > 1 && strcmp(argv[1], "bench") == 0) {
    int round, rounds = argc > 2 ? atoi(argv[2]) : 11;
    for (round = 0; round <= rounds; ++round) {
      clock_t start = clock();
      @NAME@_classify((const @SAMPLE@ *)samples, count, classes, memory);
      if (round > 0) printf("%.2f\n", 1e9 * (double)(clock() - start) / CLOCKS_PER_SEC / (double)count);
    }
    return 0;
  }
  if (argc > 1 && strcmp(argv[1], "sums") == 0) {
    uint16_t *sums = malloc((count + 1) * CLASSES * sizeof *sums);
    if (!sums) return 2;
    @NAME@_sums((const @SAMPLE@ *)samples, count, sums, memory);
    fwrite(sums, sizeof *sums, count * CLASSES, stdout);
    return 0;
  }
  @NAME@_classify((const @SAMPLE@ *)samples, count, classes, memory);
  fwrite(classes, 1, count, stdout);
  return 0;
}
#endif
