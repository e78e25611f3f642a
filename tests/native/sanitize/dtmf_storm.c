/* The DTMF receiver and sender fed with anything, for the sanitizers; also a libFuzzer target (build with
   -DGW_FUZZ -fsanitize=fuzzer): the first bytes choose rate, cuts and room for events, the rest are samples. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtmf.h"
#include "dtmf_gen.h"

static void check(int good, const char *what)
{
    if (!good) {
        fprintf(stderr, "%s\n", what);
        abort();
    }
}

/* Feeds x cut by `cut`, into buffers that end where the data ends, so that reading or writing past them is seen. */
static int64_t feed(const int16_t *x, int32_t n, int32_t rate, int32_t cut, int32_t room)
{
    gw_dtmf d;
    gw_dtmf_init(&d, rate);
    int64_t events = 0, before = -1;
    for (int32_t at = 0; at < n;) {
        int32_t take = n - at < cut ? n - at : cut;
        int16_t *part = malloc((size_t)take * sizeof *part);
        gw_dtmf_event *out = malloc((size_t)(room ? room : 1) * sizeof *out);
        check(part && out, "no memory");
        memcpy(part, x + at, (size_t)take * sizeof *part);
        int32_t count = gw_dtmf_feed(&d, part, take, out, room);
        check(count >= 0 && count <= room, "more events than room");
        at += take;
        for (int32_t i = 0; i < count; i++) {
            check(strchr("0123456789ABCD*#", out[i].digit) && out[i].digit, "no digit");
            check(out[i].start >= 0 && out[i].start < at, "a start out of range");
            check(out[i].kind == GW_DTMF_BEGIN ? out[i].end == -1 : out[i].end > out[i].start && out[i].end <= at, "an end");
            check(out[i].confidence >= 0.0F && out[i].confidence <= 1.0F, "a confidence out of range");
            check(out[i].kind == GW_DTMF_BEGIN || out[i].end > before, "digits out of order");
            before = out[i].kind == GW_DTMF_END ? out[i].end : before;
        }
        events += count;
        free(part);
        free(out);
    }
    return events + d.pending_count + d.lost;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 8)
        return 0;
    int32_t n = (int32_t)((size - 6) / 2), cut = 1 + data[1] + 256 * (data[2] % 64), room = data[3] % 20;
    int16_t *x = malloc((size_t)n * sizeof *x);
    check(x != NULL, "no memory");
    memcpy(x, data + 6, (size_t)n * sizeof *x);
    int32_t rate = data[0] % 3 == 0 ? 8000 : data[0] % 3 == 1 ? 16000 : (int32_t)data[0] * 1000;
    int64_t one = feed(x, n, rate, cut, room), whole = feed(x, n, rate, n, n / 64 + GW_DTMF_PENDING);
    check(one == whole, "the number of events depends on the cuts");
    gw_dtmf_gen g;
    gw_dtmf_gen_init(&g, rate);
    float low, high;
    memcpy(&low, data + 2, sizeof low);
    memcpy(&high, data + 4, sizeof high);
    if (gw_dtmf_gen_start(&g, (int8_t)data[4], data[5], data[2], low, high))
        while (gw_dtmf_gen_render(&g, x, n) > 0)
            ;
    free(x);
    return 0;
}

#ifndef GW_FUZZ
static uint32_t seed = 1;

static uint32_t next(void)
{
    seed = seed * 1664525U + 1013904223U;
    return seed >> 8;
}

int main(int argc, char **argv)
{
    const int rounds = argc > 1 ? atoi(argv[1]) : 60;
    enum { SIZE = 6 + 2 * 24000 };
    uint8_t *data = malloc(SIZE);
    check(data != NULL, "no memory");
    int16_t *x = malloc(SIZE);
    check(x != NULL, "no memory");
    for (int round = 0; round < rounds; round++) {
        int32_t n = (SIZE - 6) / 2, at = 0;
        gw_dtmf_gen g;
        gw_dtmf_gen_init(&g, round % 3 == 1 ? 16000 : 8000);
        while (at < n) { /* digits of any length and level, noise, extremes */
            uint32_t kind = next() % 4, length = 1 + next() % 2000;
            if (kind < 2 && gw_dtmf_gen_start(&g, "0123456789ABCD*#"[next() % 16], 20 + (int32_t)(next() % 60),
                                              10 + (int32_t)(next() % 50), -(float)(next() % 40), -(float)(next() % 40)))
                at += gw_dtmf_gen_render(&g, x + at, n - at);
            else
                for (uint32_t i = 0; i < length && at < n; i++, at++)
                    x[at] = (int16_t)(kind == 2 ? next() : i % 2 ? 32767 : -32768);
        }
        for (int i = 0; i < 6; i++)
            data[i] = (uint8_t)(i == 0 ? round : (int)next());
        memcpy(data + 6, x, (size_t)n * 2);
        LLVMFuzzerTestOneInput(data, SIZE);
    }
    free(data);
    free(x);
    printf("%d rounds, nothing found\n", rounds);
    return 0;
}
#endif
