/*
 * Says what the DTMF receiver hears in samples that are the same on every machine: digits that are clean, off, short,
 * broken, over noise, over a dial tone, at both rates. First a checksum of the block correlations, which are integer
 * arithmetic and so the same bits everywhere, then each digit with its place and its levels.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtmf_internal.h"

enum { SECONDS = 30, ROOM = 64 };

static uint32_t random_state = 1;

static uint32_t next_random(void) {
    random_state = random_state * 1664525U + 1013904223U;
    return random_state >> 8;
}

static double between(double low, double high) { return low + (high - low) * (next_random() & 0xFFFF) / 65535.0; }

static double peak(double dbm0) { return 32768.0 * pow(10.0, (dbm0 - 3.14) / 20.0); }

/* One digit and the pause after it; how many samples. */
static int32_t add_digit(double *x, int32_t room, int32_t rate) {
    uint32_t key = next_random() % 16, off = next_random() % 3;
    int32_t on = (int32_t)(between(20, 120) * rate / 1000), pause = (int32_t)(between(15, 90) * rate / 1000);
    double low = peak(between(-36, -4)), high = low * pow(10.0, between(-10, 6) / 20.0), shift = 0.012 * ((int)off - 1);
    int32_t from = next_random() % 4 ? on : on / 2, until = from + (int32_t)(next_random() % 20) * rate / 1000;
    for (int32_t i = 0; i < on && i < room; i++) {
        double turn = 6.283185307179586 * i / rate;
        if (i < from || i >= until)
            x[i] += low * sin(turn * gw_dtmf_hz[key / 4] * (1 + shift)) + high * sin(turn * gw_dtmf_hz[4 + key % 4]);
    }
    return on + pause < room ? on + pause : room;
}

static void make(double *x, int32_t n, int32_t rate) {
    for (int32_t i = 0; i < n; i++)
        x[i] = i > n / 3 ? (double)(int32_t)(next_random() % 401) - 200 : 0.0;
    for (int32_t i = n / 3 * 2; i < n; i++)
        x[i] += 2500 * sin(6.283185307179586 * 425 * i / rate);
    for (int32_t at = 0; at < n;)
        at += add_digit(x + at, n - at, rate);
}

static void hear(int32_t rate) {
    int32_t n = SECONDS * rate, count = 0;
    double *x = calloc((size_t)n, sizeof *x);
    int16_t *samples = malloc((size_t)n * sizeof *samples);
    if (!x || !samples) exit(1);
    make(x, n, rate);
    for (int32_t i = 0; i < n; i++)
        samples[i] = (int16_t)lrint(x[i] > 32767 ? 32767 : x[i] < -32768 ? -32768 : x[i]);
    gw_dtmf d;
    gw_dtmf_event out[ROOM];
    gw_dtmf_init(&d, rate);
    for (int32_t at = 0; at < n; at += 160) {
        int32_t got = gw_dtmf_feed(&d, samples + at, n - at < 160 ? n - at : 160, out, ROOM);
        for (int32_t i = 0; i < got; i++, count++)
            printf("%c %s %lld %lld %.1f %.1f\n", (char)out[i].digit, out[i].kind == GW_DTMF_BEGIN ? "begins" : "ends",
                   (long long)out[i].start, (long long)out[i].end, (double)out[i].low_dbm0, (double)out[i].high_dbm0);
    }
    printf("%d Hz: %d events\n", (int)rate, (int)count);
    free(x);
    free(samples);
}

int main(void) {
    uint64_t checksum = 0xCBF29CE484222325U; /* FNV-1a */
    for (int32_t block = 0; block < 5000; block++) {
        int16_t x[GW_DTMF_BLOCK];
        gw_block_sums sums;
        for (int32_t i = 0; i < GW_DTMF_BLOCK; i++)
            x[i] = (int16_t)(next_random() >> (block % 12));
        gw_dtmf_correlate(x, &sums);
        const unsigned char *p = (const unsigned char *)&sums;
        for (size_t i = 0; i < sizeof sums; i++)
            checksum = (checksum ^ p[i]) * 0x100000001B3U;
    }
    printf("correlations: %016llx\n", (unsigned long long)checksum);
    hear(8000);
    hear(16000);
    return 0;
}
