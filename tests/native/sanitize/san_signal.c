/*
 * Drives the signal code with samples that have everything in them (tones, bursts, noise, full scale, silence),
 * whole and in portions out of blocks of exactly their size. Prints a checksum of all that is integer arithmetic,
 * which must be the same on every machine, and what the detectors heard.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "g711.h"
#include "level.h"
#include "mix.h"
#include "resample.h"
#include "tone.h"

#include "agc.h"
#include "meter.h"
#include "progress.h"
#include "vad.h"

#include "amd.h"

enum { N = 48003, ROOM = 256 };

static uint32_t random_state = 1;
static uint64_t checksum = 0xCBF29CE484222325U; /* FNV-1a */

static uint32_t next_random(void) {
    random_state = random_state * 1664525U + 1013904223U;
    return random_state >> 8;
}

static void add(const void *bytes, size_t n) {
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++) checksum = (checksum ^ p[i]) * 0x100000001B3U;
}

static void require(int so, const char *what) {
    if (so) return;
    printf("differs: %s\n", what);
    exit(1);
}

static int16_t *cut(const int16_t *from, int32_t n) {
    int16_t *copy = malloc((size_t)n * sizeof *copy + !n);
    memcpy(copy, from, (size_t)n * sizeof *copy);
    return copy;
}

static void make(int16_t *x) {
    for (int i = 0; i < N; i++) {
        int part = i / 8000;
        double y = 0;
        if (part == 0) y = 9000 * sin(i * 2 * 3.14159265 * 425 / 8000) * (i % 8000 < 4000);
        if (part == 1) y = ((int)(next_random() & 0xFFFF) - 32768) * (i % 3000 < 2000 ? 0.3 : 0.002);
        if (part == 2) y = i / 9 % 2 ? 32767 : -32768;
        if (part == 3) y = 0;
        if (part == 4) y = 6000 * (sin(i * 0.11) + sin(i * 0.22) + sin(i * 0.33)) * (i / 1200 % 2);
        if (part == 5) y = 7000 * sin(i * 2 * 3.14159265 * 1000 / 8000);
        x[i] = (int16_t)(int)floor(y < -32768 ? -32768 : y > 32767 ? 32767 : y);
    }
}

static void exact(const int16_t *x) {
    static uint8_t codes[N];
    static int16_t out[2 * N], half[N];
    for (int32_t length = 0; length < 40; length++) {
        int16_t *copy = cut(x + 8000 + length, length), *other = cut(x + 16000, length);
        gw_alaw_encode(copy, codes, length);
        add(codes, (size_t)length);
        gw_ulaw_encode(copy, codes, length);
        add(codes, (size_t)length);
        gw_mix(copy, other, copy, length);
        add(copy, (size_t)length * 2);
        free(copy);
        free(other);
    }
    for (int32_t i = -32768; i < 32768; i++) {
        int16_t one = (int16_t)i;
        gw_alaw_encode(&one, codes, 1);
        gw_alaw_decode(codes, &one, 1);
        add(&one, 2);
        one = (int16_t)i;
        gw_ulaw_encode(&one, codes, 1);
        gw_ulaw_decode(codes, &one, 1);
        add(&one, 2);
    }
    gw_mix_many(x, 5, 9000, out, 8999);
    add(out, 8999 * 2);
    gw_mix_stereo(x, x + 1, out, N - 1);
    add(out, (N - 1) * 4);
    gw_upsampler up;
    gw_downsampler down;
    gw_upsampler_reset(&up);
    gw_downsampler_reset(&down);
    gw_upsample(&up, x, N, out);
    int32_t count = gw_downsample(&down, x, N, half);
    add(out, (size_t)N * 4);
    add(half, (size_t)count * 2);
    gw_level level;
    gw_level_reset(&level);
    gw_level_add(&level, x, N);
    int64_t sums[5] = {level.sum_of_squares, level.sum, level.n, level.clipped, level.peak};
    add(sums, sizeof sums);
}

static void detectors(const int16_t *x, int32_t rate) {
    static gw_vad vad[2];
    static gw_progress progress[2];
    static gw_amd amd[2];
    static gw_agc agc[2];
    static gw_audio_meter meter[2];
    static gw_vad_frame frames[2][N / 160 + 1];
    static gw_progress_event heard[2][ROOM];
    static gw_amd_event answers[2][ROOM];
    static int16_t gained[2][N];
    int32_t n_frames[2] = {0}, n_heard[2] = {0}, n_answers[2] = {0}, speech = 0;
    for (int way = 0; way < 2; way++) {
        gw_vad_init(&vad[way], rate);
        gw_progress_init(&progress[way], rate, GW_PLAN_PL);
        gw_amd_init(&amd[way], rate);
        gw_agc_init(&agc[way], rate);
        gw_audio_meter_init(&meter[way], rate);
        for (int32_t at = 0; at < N;) {
            int32_t n = way ? (int32_t)(next_random() % (next_random() % 8 ? 60 : 2000)) : N;
            n = n < N - at ? n : N - at;
            int16_t *copy = cut(x + at, n);
            n_frames[way] +=
                gw_vad_feed(&vad[way], copy, n, frames[way] + n_frames[way], N / 160 + 1 - n_frames[way]);
            n_heard[way] +=
                gw_progress_feed(&progress[way], copy, n, heard[way] + n_heard[way], ROOM - n_heard[way]);
            n_answers[way] += gw_amd_feed(&amd[way], copy, n, answers[way] + n_answers[way], ROOM - n_answers[way]);
            gw_audio_meter_feed(&meter[way], copy, n);
            gw_agc_feed(&agc[way], copy, copy, n);
            memcpy(gained[way] + at, copy, (size_t)n * 2);
            free(copy);
            at += n;
        }
    }
    require(n_frames[0] == n_frames[1] && !memcmp(frames[0], frames[1], (size_t)n_frames[0] * sizeof frames[0][0]),
            "vad");
    require(n_heard[0] == n_heard[1] && !memcmp(heard[0], heard[1], (size_t)n_heard[0] * sizeof heard[0][0]),
            "progress");
    require(n_answers[0] == n_answers[1] &&
                !memcmp(answers[0], answers[1], (size_t)n_answers[0] * sizeof answers[0][0]),
            "amd");
    require(!memcmp(gained[0], gained[1], sizeof gained[0]), "agc");
    gw_audio_report a, b;
    gw_audio_meter_read(&meter[0], 0, &a);
    gw_audio_meter_read(&meter[1], 0, &b);
    require(a.rms_dbm0 == b.rms_dbm0 && a.noise_floor_dbm0 == b.noise_floor_dbm0 && a.idle_ms == b.idle_ms,
            "meter");
    for (int32_t i = 0; i < n_frames[0]; i++) speech += frames[0][i].speech;
    printf("%d Hz: %d of %d frames speech, %d signals, %d answers, %.2f dBm0\n", (int)rate, (int)speech,
           (int)n_frames[0], (int)n_heard[0], (int)n_answers[0], (double)a.rms_dbm0);
}

int main(void) {
    int16_t *x = malloc(N * sizeof *x), tone[161];
    make(x);
    exact(x);
    printf("integer code: %016llx\n", (unsigned long long)checksum);
    detectors(x, 8000);
    detectors(x, 16000);
    gw_tone generator;
    require(gw_tone_start(&generator, 8000, 1004, -10), "tone");
    gw_tone_render(&generator, tone, 161);
    free(x);
    puts("the same in any portions");
    return 0;
}
