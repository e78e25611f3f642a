/* What every harness shares: the input taken apart, portions of random length, and a check that stops the fuzzer.
 */
#ifndef GW_FUZZ_H
#define GW_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(what)                                                          \
    do {                                                                       \
        if (!(what)) {                                                         \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what); \
            abort();                                                           \
        }                                                                      \
    } while (0)

enum { SAMPLES_MAX = 1 << 16 };

/* Samples in a block of exactly their size, so that one read too far is seen; a seed for the portions. */
typedef struct {
    int16_t *samples;
    int32_t n;
    uint32_t seed;
    int32_t sample_rate;
    uint8_t option;
} fuzz_input;

static inline int fuzz_take(const uint8_t *data, size_t size, fuzz_input *input) {
    if (size < 6) return 0;
    memcpy(&input->seed, data, 4);
    input->sample_rate = data[4] & 1 ? 16000 : 8000;
    input->option = data[5];
    size_t n = (size - 6) / 2;
    input->n = (int32_t)(n < SAMPLES_MAX ? n : SAMPLES_MAX);
    input->samples = malloc((size_t)input->n * sizeof(int16_t) + !input->n);
    memcpy(input->samples, data + 6, (size_t)input->n * sizeof(int16_t));
    return 1;
}

/* Length of the next portion: 0 to about 1000, often a few samples, never more than what is left. */
static inline int32_t fuzz_portion(fuzz_input *input, int32_t left) {
    input->seed = input->seed * 1664525U + 1013904223U;
    int32_t n = (int32_t)(input->seed >> 22) >> (input->seed >> 8 & 7);
    return n < left ? n : left;
}

/* A copy of its own for each portion: reading into the next one is seen, too. */
static inline int16_t *fuzz_copy(const int16_t *from, int32_t n) {
    int16_t *to = malloc((size_t)n * sizeof *to + !n);
    memcpy(to, from, (size_t)n * sizeof *to);
    return to;
}

#endif
